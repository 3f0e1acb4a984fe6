"""Take the pictures of README and app list from the running demo.

Each picture is a screen of the demo; nothing is drawn into it. The demo's invoices
stay; the script adds one that it registers, and one with a fault.
"""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, expect
from processes.browser import FIRST_LOAD, WebClient, running_chromium
from processes.pdf import pdf_pages

from .base import ADDON, ROOT, die, say

TARGET = ROOT / ADDON / "static" / "description"
# with Invoicing's menu bar
LIST = "/odoo/customer-invoices"
REPORT = "/report/pdf/account.report_invoice_with_payments"
DESKTOP = {"width": 1280, "height": 800}
TALL = {"width": 1280, "height": 1040}
PHONE = {"width": 390, "height": 780}
# few colours: screens have flat areas, and the repository holds every version
COLOURS = 128
LARGEST_ANIMATION = 1_500_000
# action -> name of its picture; what an installed version lacks is left out
LISTS = {
    "action_l10n_in_irp_error_code": "error_codes",
    "action_l10n_in_irp_guide": "guide",
    "action_l10n_in_irp_month_end": "month_end",
    "action_l10n_in_irp_per_day": "overview",
}


# picture -> what is searched for in it
SEARCHED = {"error_codes": "pin state"}
UNSETTLED = {False, "to_register", "sending", "unknown"}


def take(url: str = "") -> None:
    """Write all pictures; start the demo unless its address is given."""
    with ExitStack() as stack:
        url = url or stack.enter_context(_demo())
        browser = stack.enter_context(running_chromium())
        folder = Path(stack.enter_context(TemporaryDirectory()))
        desk = _client(browser, url, DESKTOP)
        _Pictures(desk, folder).take_all()
        phone = _client(browser, url, PHONE)
        phone.page.goto(f"{url}{LIST}")
        phone.page.wait_for_timeout(3000)
        _save(phone.page.screenshot(), "phone")


def _client(browser: Browser, url: str, size: dict[str, int]) -> WebClient:
    """Return the web client in a new window, logged in."""
    context = browser.new_context(viewport=size, timezone_id="Asia/Kolkata")
    client = WebClient(context.new_page(), url)
    client.log_in("admin", "admin")
    return client


@contextmanager
def _demo() -> Iterator[str]:
    """Run ``bin/demo``; yield its address as soon as its invoices are registered."""
    command = [sys.executable, str(ROOT / "bin" / "main.py"), "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout or ():
                if found := re.match(r"Odoo: (http://[^/]+)", line):
                    yield found[1]
                    return
            die("bin/demo ended without an address")
        finally:
            # which it takes as Ctrl-C, in the background as well
            process.terminate()


class _Pictures:
    """The pictures on a desktop, in the order of an accountant's work."""

    def __init__(self, client: WebClient, folder: Path) -> None:
        self.client = client
        self.page: Page = client.page
        self.folder = folder
        self.frames: list[Image.Image] = []

    def take_all(self) -> None:
        registered, *_others = self._invoices()
        self._animation(self._copy(registered, quantity=30))
        self._fault(self._copy(registered, quantity=25))
        self._form(registered)
        self._print(registered)
        self._list()
        for action, name in LISTS.items():
            self._of_action(action, name)

    # -- records ---------------------------------------------------------------------

    def _call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method as the user of the demo."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.page.request.post(
            f"{self.client.url}/web/dataset/call_kw/{model}/{method}",
            data={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=FIRST_LOAD,
        ).json()
        if "error" in answer:
            die(answer["error"]["data"]["message"])
        return answer["result"]

    def _invoices(self) -> list[int]:
        domain = [
            ("move_type", "=", "out_invoice"),
            ("l10n_in_irp_document_id.state", "=", "registered"),
            ("l10n_in_gst_treatment", "=", "regular"),
        ]
        found = self._call("account.move", "search", domain, order="id")
        return found or die("The demo has no registered invoice")

    def _copy(self, move: int, quantity: int) -> int:
        """Return a draft like an invoice, dated today, with another quantity."""
        copied: int | list[int] = self._call("account.move", "copy", [move])
        new = copied[0] if isinstance(copied, list) else copied
        [line, *_others] = self._lines(new)
        self._call("account.move.line", "write", [line], {"quantity": quantity})
        return new

    def _lines(self, move: int) -> list[int]:
        [read] = self._call("account.move", "read", [move], ["invoice_line_ids"])
        lines: list[int] = read["invoice_line_ids"]
        return lines

    # -- pictures --------------------------------------------------------------------

    def _animation(self, move: int) -> None:
        """Confirm, wait for the IRN, print."""
        self._open(move)
        self._frame(2)
        self.client.press("action_post")
        expect(self.page.locator("button[name=action_post]:visible")).to_have_count(0)
        self._frame(2)
        self._until_registered(move)
        self._open(move)
        self._frame(2)
        self._open_tab()
        self._frame(3)
        page = self._pdf(move)
        self.frames += [_on_screen(page, DESKTOP)] * 4
        _save_animation(self.frames, "from_posting_to_print")

    def _fault(self, move: int) -> None:
        """Show the banner of an invoice with an HSN code that is in no tariff."""
        [line, *_others] = self._lines(move)
        self._call(
            "account.move.line", "write", [line], {"l10n_in_hsn_code": "00112233"}
        )
        self._call("account.move", "action_post", [move])
        for _second in range(60):
            if self._state(move) not in UNSETTLED:
                break
            self.page.wait_for_timeout(1000)
        self._open(move)
        _save(self.page.screenshot(), "fault")

    def _form(self, move: int) -> None:
        self.page.set_viewport_size(TALL)
        self._open(move)
        self._open_tab()
        _save(self.page.screenshot(), "invoice")
        self.page.set_viewport_size(DESKTOP)

    def _print(self, move: int) -> None:
        page = _without_margin(self._pdf(move))
        width = 900
        height = round(page.height * width / page.width)
        _save(_png(page.resize((width, height), Image.Resampling.LANCZOS)), "print")

    def _list(self) -> None:
        self.page.goto(f"{self.client.url}{LIST}")
        self._settle(3000)
        _save(self.page.screenshot(), "invoices")

    def _of_action(self, action: str, name: str) -> None:
        """Show what an action opens, if the installed version has it."""
        domain = [("module", "=", ADDON), ("name", "=", action)]
        if not self._call("ir.model.data", "search_count", domain):
            say(f"No picture {name}: there is no {action}")
            return
        self.page.goto(f"{self.client.url}/odoo/action-{ADDON}.{action}")
        self._settle(3000)
        if words := SEARCHED.get(name):
            search = self.page.locator(".o_searchview_input")
            search.fill(words)
            search.press("Enter")
            self._settle()
        _save(self.page.screenshot(), name)

    # -- helpers ---------------------------------------------------------------------

    def _settle(self, milliseconds: int = 1200) -> None:
        """Wait until widgets have drawn themselves."""
        self.page.wait_for_timeout(milliseconds)

    def _frame(self, times: int) -> None:
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        self.frames += [shot] * times

    def _open(self, move: int) -> None:
        self.page.goto(f"{self.client.url}{LIST}/{move}")
        expect(self.client.field("name").first).to_be_visible()
        self._settle()

    def _open_tab(self) -> None:
        """Open the invoice's tab with the IRN."""
        self.page.locator(".o_notebook a", has_text="e-Invoice").first.click()
        self._settle()

    def _state(self, move: int) -> Any:
        [read] = self._call("account.move", "read", [move], ["l10n_in_irp_state"])
        return read["l10n_in_irp_state"]

    def _until_registered(self, move: int) -> None:
        for _second in range(60):
            if self._state(move) == "registered":
                return
            self.page.wait_for_timeout(1000)
        die("The invoice was not registered within a minute")

    def _pdf(self, move: int) -> Image.Image:
        """Return the first page of an invoice's print."""
        path = self.client.fetch(f"{REPORT}/{move}", self.folder / f"{move}.pdf")
        for old in self.folder.glob("*.png"):
            old.unlink()
        return Image.open(io.BytesIO(pdf_pages(path)[0])).convert("RGB")


def _without_margin(page: Image.Image) -> Image.Image:
    """Return a printed page without the empty space at its top and foot."""
    _left, top, _right, foot = ImageOps.invert(page.convert("L")).getbbox()
    return page.crop((0, max(0, top - 40), page.width, min(page.height, foot + 40)))


def _on_screen(page: Image.Image, size: dict[str, int]) -> Image.Image:
    """Return the upper part of a printed page on a grey desk of a window's size."""
    width = round(size["width"] * 0.62)
    height = round(page.height * width / page.width)
    page = page.resize((width, height), Image.Resampling.LANCZOS)
    desk = Image.new("RGB", (size["width"], size["height"]), "#555555")
    desk.paste(page, ((size["width"] - width) // 2, 24))
    return desk


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _save(picture: bytes, name: str) -> None:
    """Write a picture with few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    path = TARGET / f"{name}.png"
    image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT).save(path, optimize=True)
    say(f"{path.relative_to(ROOT)}: {os.path.getsize(path) // 1000} kB")


def _save_animation(frames: Sequence[Image.Image], name: str) -> None:
    """Write frames of a second each as a GIF that repeats."""
    path = TARGET / f"{name}.gif"
    small = [one.resize((960, 600), Image.Resampling.LANCZOS) for one in frames]
    first, *others = [one.quantize(64) for one in small]
    first.save(path, save_all=True, append_images=others, duration=1000, loop=0)
    size = os.path.getsize(path)
    say(f"{path.relative_to(ROOT)}: {size // 1000} kB")
    if size > LARGEST_ANIMATION:
        die(f"{path.name} is larger than {LARGEST_ANIMATION // 1000} kB")
