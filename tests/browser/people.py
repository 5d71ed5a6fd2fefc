"""A person before a screen: finds things by the words that stand there, as a clerk would."""

import re
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.support.factories import PASSWORD, picture


def losing_answers(lost: list):
    """The server does it; the connection breaks before its answer arrives."""
    def lose(route):
        if route.request.method == "POST":
            context = route.request.frame.page.context
            before = context.cookies()
            lost.append(route.fetch(max_redirects=0).status)
            context.clear_cookies()
            context.add_cookies(before)  # what the answer said in its cookie is lost with it
            route.abort()
        else:
            route.fallback()

    return lose


class Person:
    """One window. `page` is Playwright's; what is done here goes through labels, buttons and links only."""

    def __init__(self, page: Page, username: str):
        self.page, self.username = page, username

    def sign_in(self) -> "Person":
        self.page.goto("/login/")
        return self.log_in_here()

    def log_in_here(self) -> "Person":
        """Fill in the login form that is on the screen."""
        self.page.get_by_label("账号").fill(self.username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.locator(".topbar")).to_be_visible()
        return self

    def open(self, path: str) -> "Person":
        answer = self.page.goto(path)
        assert answer.ok, f"{path} answers {self.username} with {answer.status}"
        return self

    # ── fields ─────────────────────────────────────────────────────────────────────────────────────────────────
    def field(self, label: str, within=None) -> Locator:
        return (within or self.page).get_by_label(label, exact=True).and_(self.page.locator("input, textarea, select"))

    def fill(self, within=None, **labels: str) -> None:
        """Fields by their labels: text typed, a choice of a list chosen by its words."""
        for label, text in labels.items():
            field = self.field(label, within)
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=text)
            else:
                field.fill(text)

    def choose(self, label: str, typed: str, wanted: str, within=None) -> None:
        """Search as you type: type a part of the name, take the line that was meant."""
        field = self.field(label, within)
        field.press_sequentially(typed, delay=10)
        lines = field.locator("xpath=../ul[@role='listbox']").get_by_role("option")
        lines.filter(has_text=wanted).first.click()

    def chosen(self, name: str) -> list[int]:
        """The ids that a search-as-you-type field would send."""
        found = self.page.locator(f"input[type=hidden][name={name}]").evaluate_all("all => all.map(i => i.value)")
        return [int(value) for value in found if value]

    def attach(self, name: str, *colours: str, within=None) -> None:
        """Pick several pictures at once."""
        files = [
            {"name": f"现场{colour}.jpg", "mimeType": "image/jpeg", "buffer": picture(colour, size=(60, 40))}
            for colour in colours
        ]
        (within or self.page).locator(f"input[type=file][name={name}]").set_input_files(files)

    # ── a case ─────────────────────────────────────────────────────────────────────────────────────────────────
    def offered(self) -> list[str]:
        """The titles of the verbs that the case page offers, folded ones too."""
        return [text.strip() for text in self.page.locator(".case-verbs a").all_text_contents()]

    @contextmanager
    def verb(self, title: str):
        """Press the verb's button and fill in its form, wherever that appears; sent when the block ends."""
        link = self.page.locator(".case-verbs").get_by_role("link", name=title, exact=True)
        link.wait_for(state="attached")  # a page that is still coming would look like one whose verbs are folded
        if not link.is_visible():
            self.page.locator(".case-verbs summary").click()
        link.click()
        form = self.page.locator("[data-dialog-content]")
        expect(form).to_be_visible()
        yield form
        self.send(title, form)

    def send(self, title: str, form: Locator) -> None:
        form.get_by_role("button", name=title, exact=True).click()

    def succeeded(self, title: str) -> None:
        expect(self.page.locator(".alert-success")).to_contain_text(title)

    def state(self) -> str:
        return re.sub(r"\s+", " ", self.page.locator(".case-now .state").first.inner_text()).strip()

    # ── what the screen looks like ─────────────────────────────────────────────────────────────────────────────
    def sideways(self) -> int:
        """How many pixels the page is wider than the window, once its stylesheet has arrived."""
        self.page.wait_for_load_state("load")
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def drawn_pictures(self) -> int:
        """How many pictures of the page have really arrived."""
        return self.page.locator(".photos img").evaluate_all(
            """all => Promise.all(all.map(img => (img.loading = "eager", img.decode().then(() => 1, () => 0))))
                        .then(drawn => drawn.reduce((sum, one) => sum + one, 0))"""
        )
