"""Chromium, Odoo's web client in it, and reading QR codes from images."""

import io
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
MILLISECONDS = 30_000
# on a new database the server first compiles all styles and scripts, or prints
FIRST_LOAD = 180_000
INVOICES = "account.action_move_out_invoice_type"


@contextmanager
def unlimited_memory() -> Iterator[None]:
    """Lift the memory limit that Odoo's server (``--odoo-http``) sets for this process.

    Chromium inherits the limit and reserves far more address space than it uses.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def running_chromium() -> Iterator[Browser]:
    expect.set_options(timeout=MILLISECONDS)
    with ExitStack() as stack:
        with unlimited_memory():
            playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class WebClient:
    """Odoo's web client in a page of the browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        page.set_default_timeout(MILLISECONDS)
        page.set_default_navigation_timeout(FIRST_LOAD)

    def log_in(self, login: str, password: str, path: str = "/web/login") -> None:
        """Log in and open the address."""
        self.page.goto(f"{self.url}{path}")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("form.oe_login_form button[type=submit]")
        navbar = self.page.locator(".o_main_navbar")
        expect(navbar).to_be_visible(timeout=FIRST_LOAD)

    def open(self, action: str, record: int | str = "") -> None:
        """Open an action, or a record or a new one (``new``) of it."""
        self.page.goto(f"{self.url}/odoo/action-{action}/{record}")
        expect(
            self.page.locator(".o_action_manager .o_view_controller")
        ).to_be_visible()

    def open_invoice(self, move: int) -> None:
        self.open(INVOICES, move)
        expect(self.field("name").first).to_be_visible()

    def fetch(self, path: str, target: Path) -> Path:
        """Download a file as this user; printing takes a while."""
        address = f"{self.url}{path}"
        answer = self.page.request.get(address, timeout=FIRST_LOAD)
        assert answer.ok, f"{path}: {answer.status} {answer.status_text}"
        target.write_bytes(answer.body())
        return target

    def press(self, name: str) -> None:
        """Press the button of a form that calls the method ``name``."""
        self.page.locator(f"button[name={name}]:visible").first.click()

    @property
    def dialog(self):
        """The topmost open dialog."""
        return self.page.locator(".modal").last

    def press_in_dialog(self, name: str) -> None:
        """Press the button of the dialog that calls the method ``name``."""
        self.dialog.locator(f"button[name={name}]").click()

    def tab(self, name: str) -> None:
        self.page.locator(f".o_notebook a[name={name}]").click()

    def field(self, name: str):
        return self.page.locator(f".o_field_widget[name={name}]")

    def fill(self, name: str, text: str) -> None:
        self.field(name).locator("input").fill(text)

    def choose_action(self, label: str) -> None:
        """Choose an entry of the gear menu."""
        self.page.locator(".o_cp_action_menus .fa-cog").first.click()
        self.page.get_by_role("menuitem", name=label, exact=True).click()

    def choose(self, name: str, label: str) -> None:
        """Choose a value of a selection field."""
        self.field(name).locator("input").click()
        self.page.get_by_role("menuitem", name=label, exact=True).click()


def read_qr(picture: bytes) -> list[str]:
    """Return the texts of the QR codes in a PNG."""
    return [code.text for code in _qr_codes(picture)]


def qr_widths(picture: bytes) -> list[int]:
    """Return the widths of the QR codes in a PNG, in pixels, without white border."""
    places = [code.position for code in _qr_codes(picture)]
    return [place.top_right.x - place.top_left.x for place in places]


def _qr_codes(picture: bytes) -> list[zxingcpp.Barcode]:
    image = Image.open(io.BytesIO(picture)).convert("L")
    return zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
