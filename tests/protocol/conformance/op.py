"""The OP under test as data: where it is, how a person signs in, which clients it knows. Nothing else of it is used."""

from dataclasses import dataclass, field

from logout_receiver import LogoutReceiver

RP = "https://rp.example"
REDIRECT_URI = RP + "/test/a/tessera/callback"
POST_LOGOUT_REDIRECT_URI = RP + "/test/a/tessera/post_logout_redirect"
FRONTCHANNEL_LOGOUT_URI = RP + "/test/a/tessera/frontchannel_logout"
EVERY_SCOPE = "openid profile email address phone"


@dataclass(frozen=True)
class Pages:
    """The ids of what a browser without a person fills in, presses and looks for."""

    username: str = "username"
    password: str = "password"
    submit: str = "submit"
    allow: str = "allow"
    error: str = "error-code"
    logout_confirm: str = "logout-confirm"
    logout_done: str = "logout-done"


@dataclass
class Client:
    """A relying party as the OP knows it. `registration` is the answer of dynamic registration."""

    id: str
    secret: str
    method: str = "client_secret_basic"
    registration: dict = field(default_factory=dict)


@dataclass
class OpUnderTest:
    """`clients` has first, second and post for the flows, logout, frontchannel and backchannel for theirs."""

    name: str
    issuer: str
    nodes: list  # of wire.Node: fronts of one origin, asked in turn
    username: str
    password: str
    clients: dict
    receiver: LogoutReceiver  # where the client `backchannel` is told of a logout
    initial_access_token: str = ""  # for dynamic registration
    pages: Pages = Pages()

    @property
    def origin(self) -> str:
        return "/".join(self.issuer.split("/")[:3])
