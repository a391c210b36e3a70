"""Where a connection puts order files."""

from django.db import models

SSH_PORT = 22


class FileAccess(models.Model):
    """Where a connection puts order files, and how it gets there; the private key is sealed and never shown."""

    class Place(models.TextChoices):
        FOLDER = "folder", "A folder of Daybook's own machine"
        SERVER = "server", "A folder on an SFTP server"

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
        """Return whether the folder is on a server."""
        return self.place == self.Place.SERVER

    @property
    def their_id(self) -> str:
        """Return what names the folder in the whole world: host and path, or the path on this machine."""
        if not self.is_server:
            return self.path
        port = "" if self.port == SSH_PORT else f":{self.port}"
        return f"sftp://{self.host}{port}{self.path}"
