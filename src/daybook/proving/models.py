"""The key that proofs of this installation are signed with. The proofs themselves are kept by whoever made them."""

from django.db import models

from daybook.kit import clock
from daybook.secrets import vault


class ProofKey(models.Model):
    """An Ed25519 key. One is current; another one is made only where its private half was lost for good."""

    public_key = models.CharField(max_length=64, unique=True)
    """Hex."""
    private_key_sealed = models.BinaryField()
    made_at = models.DateTimeField(default=clock.now)
    lost_at = models.DateTimeField(null=True)
    """When the keys that its private half is sealed under were given up; proofs made before are known by it all the same."""

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=models.Q(lost_at=None), name="proof_key_current_once"),
        ]

    def __str__(self) -> str:
        return self.public_key

    @property
    def private_key(self) -> str:
        """Return the private half, hex. Raises CannotOpenError."""
        return vault.unseal(self.private_key_sealed, context=context_of(self))

    @private_key.setter
    def private_key(self, key: str) -> None:
        self.private_key_sealed = vault.seal(key, context=context_of(self))


def context_of(key: ProofKey) -> str:
    """Return what the private half is bound to."""
    return f"proof_key:{key.public_key}:private_key"
