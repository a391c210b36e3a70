"""The key that signs tokens: RS256, made once per process, published as JWKS."""

from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY_ID = "localxero-1"


class Signer:
    """Signs tokens and publishes the public half of its key."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key

    def sign(self, claims: dict[str, object]) -> str:
        """Make a JWT of claims."""
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set."""
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        del public["key_ops"]
        return {"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}


@lru_cache(maxsize=1)
def process_signer() -> Signer:
    """Return the signer of this process; making a key takes some 50 ms, so it is made once."""
    return Signer(rsa.generate_private_key(public_exponent=65537, key_size=2048))
