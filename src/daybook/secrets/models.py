"""Which keys this database's secrets are sealed under: never the keys, only proofs of them."""

from django.db import models

from daybook.kit import clock


class KnownKey(models.Model):
    """A key that seals here, or did. Only the very same key opens its proof, whatever another one is called."""

    key_id = models.CharField(max_length=255, unique=True)
    proof = models.BinaryField()
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.key_id
