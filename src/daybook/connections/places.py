"""Where a connection puts order files."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from daybook.secrets import vault
from daybook.wire import ssh_keys

SSH_PORT = 22
USUAL_PORTS = {"server": SSH_PORT, "ftp": 21, "ftps": 21, "implicit": 990}
"""By place."""


class FileAccess(models.Model):
    """Where a connection puts order files, and how it gets there; the private key is sealed and never shown."""

    class Place(models.TextChoices):
        FOLDER = "folder", _("A folder of Daybook's own machine")
        SERVER = "server", _("A folder on an SFTP server")
        FTPS = "ftps", _("A folder on an FTP server, over TLS (FTPS)")
        IMPLICIT = "implicit", _("A folder on an FTP server, over TLS from the first byte (port 990)")
        FTP = "ftp", _("A folder on an FTP server, readable by anybody on the way")

    connection = models.OneToOneField(
        "connections.Connection", on_delete=models.CASCADE, related_name="files", primary_key=True
    )
    place = models.CharField("Where to", max_length=8, choices=Place, default=Place.SERVER)
    path = models.CharField("Folder", max_length=115, blank=True, default="")
    """Absolute."""
    host = models.CharField("Server", max_length=70, blank=True, default="")
    port = models.PositiveIntegerField("Port", default=SSH_PORT)
    username = models.CharField("User", max_length=100, blank=True, default="")
    host_key = models.TextField(blank=True, default="")
    """The server's public key, one line, that a person confirmed; no other is believed."""
    shown_key = models.TextField(blank=True, default="")
    """What the server showed last and nobody has confirmed yet."""
    private_key_sealed = models.BinaryField(default=bytes)
    public_key = models.TextField(blank=True, default="")
    """One line, for the server's `authorized_keys`."""
    password_sealed = models.BinaryField(default=bytes, db_default=b"")
    """Of FTP servers, which take no keys."""
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    """How often in a row it failed; each makes the next rest longer."""

    class Meta:
        verbose_name_plural = "file accesses"

    def __str__(self) -> str:
        return self.their_id

    def tidy(self) -> None:
        """Bring what was typed into one form, so that one folder is one: no slash at the end, the server in small letters."""
        self.path = self.path.strip()
        if self.path.startswith("/"):
            self.path = self.path.rstrip("/") or "/"
        self.host, self.username = self.host.strip().lower(), self.username.strip()

    @property
    def is_server(self) -> bool:
        """Return whether the folder is on an SFTP server."""
        return self.place == self.Place.SERVER

    @property
    def trusted_fingerprint(self) -> str:
        """Return the fingerprint of the key or certificate that a person confirmed; "" where none is."""
        return self._fingerprint(self.host_key)

    @property
    def shown_fingerprint(self) -> str:
        """Return the fingerprint of what the server showed last and nobody has confirmed."""
        return self._fingerprint(self.shown_key)

    def _fingerprint(self, shown: str) -> str:
        return shown if not shown or shown.startswith("SHA256:") else ssh_keys.fingerprint(shown)

    @property
    def is_ftp(self) -> bool:
        """Return whether the folder is on an FTP server, over TLS or not."""
        return self.place in {self.Place.FTP, self.Place.FTPS, self.Place.IMPLICIT}

    @property
    def is_remote(self) -> bool:
        """Return whether the folder is on any server."""
        return self.is_server or self.is_ftp

    @property
    def password(self) -> str:
        """Return the password in the clear; "" where none is stored."""
        return vault.unseal(self.password_sealed, context=self._context) if self.password_sealed else ""

    @password.setter
    def password(self, password: str) -> None:
        self.password_sealed = vault.seal(password, context=self._context) if password else b""

    @property
    def _context(self) -> str:
        return f"connection:{self.connection_id}:folder_password"

    @property
    def their_id(self) -> str:
        """Return what names the folder in the whole world: host and path, or the path on this machine."""
        if not self.is_remote:
            return self.path
        port = "" if self.port == USUAL_PORTS[self.place] else f":{self.port}"
        scheme = "sftp" if self.is_server else "ftp"
        return f"{scheme}://{self.host}{port}{self.path}"
