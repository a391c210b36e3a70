"""The key that signs tokens: RS256, made once per process, published as JWKS."""

from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


class Signer:
    """Signs tokens and publishes the public half of its key."""

    def __init__(self, key: rsa.RSAPrivateKey, key_id: str) -> None:
        self._key = key
        self._key_id = key_id

    def sign(self, claims: dict[str, object]) -> str:
        """Make a JWT of claims."""
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set."""
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        del public["key_ops"]
        return {"keys": [public | {"kid": self._key_id, "use": "sig", "alg": "RS256"}]}


@cache
def process_signer(key_id: str) -> Signer:
    """Return the signer of this process by this name; making a key takes some 50 ms, so it is made once."""
    return Signer(rsa.generate_private_key(public_exponent=65537, key_size=2048), key_id)
