"""A reader of the page, and what they do."""

from __future__ import annotations

from urllib.parse import quote


class Reader:
    """A reader of the page."""

    def __init__(self, sfn, page):
        self._sfn = sfn
        self.page = page
        #: The lines of the console, without Chromium's line for each error of AWS.
        self.console = []
        self.hosts = set()
        self._listeners = {
            "console": lambda message: self.console.append(message.text),
            "pageerror": lambda error: self.console.append(str(error)),
            "request": lambda request: self.hosts.add(request.url.split("/")[2]),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def check(self):
        """Check that there was no error in the console and no request to another host; then stop recording them."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        assert [text for text in self.console if "status of 400" not in text] == []
        assert self.hosts == {self._sfn.endpoint_url.split("/")[2]}

    def load(self, view="", **parameters):
        """Open a view by its URL, as from a link."""
        self.page.goto("about:blank")
        self.page.goto(f"{self._sfn.endpoint_url}/{_hash(view, parameters)}")
        self.wait()

    def open(self, view="", **parameters):
        """Open a view; if the page is open already, do not load it again."""
        if not self.page.url.startswith(self._sfn.endpoint_url):
            self.load(view, **parameters)
            return
        self.page.evaluate(
            "hash => location.hash === hash ? document.getElementById('refresh').click() : location.hash = hash",
            _hash(view, parameters),
        )
        self.wait()

    def wait(self):
        """Wait until the view is shown."""
        self.page.wait_for_function(
            "() => { const main = document.getElementById('main');"
            " return main.ariaBusy === 'false' && main.dataset.hash === location.hash; }"
        )

    def click(self, selector):
        self.page.click(selector)
        self.wait()

    def choose(self, label, option):
        control = self.page.get_by_label(label, exact=True)
        control.focus()
        control.select_option(label=option)
        self.wait()

    def text(self, selector):
        return " ".join(self.page.inner_text(selector).split())

    def texts(self, selector):
        return [" ".join(text.split()) for text in self.page.locator(selector).all_inner_texts()]

    def rows(self):
        """The rows of the table as lists of texts, without time axis and relative dates."""
        return self.page.evaluate(
            "() => [...document.querySelectorAll('tbody tr')].map((row) => "
            "[...row.children].filter((cell) => !cell.classList.contains('line')).map((cell) => "
            "cell.innerText.replace(cell.querySelector('.ago')?.innerText ?? '', '').replace(/\\s+/g, ' ').trim()))"
        )

    def hash(self):
        return self.page.evaluate("location.hash")


def _hash(view, parameters):
    query = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
    return f"#/{view}" + (f"?{query}" if query else "")


def statuses(reader):
    """The status of each execution in the list, without error and cause."""
    return dict(zip([row[0] for row in reader.rows()], reader.texts("tbody .state .status"), strict=True))


def until(reader, date):
    """Wait until the page shows the state at a date."""
    reader.page.wait_for_function("text => document.getElementById('clock').innerText === text", arg=f"{date} UTC")
    reader.wait()


def drag(reader, date):
    """Drag the clock, which begins at 23:10 on 8 January with the executions of `orders`, without releasing it."""
    reader.page.evaluate(
        """date => {
          const slider = document.getElementById("time");
          slider.value = Date.parse(date) - Date.parse("2026-01-08 23:10:00Z");
          slider.dispatchEvent(new Event("input"));
        }""",
        f"{date}Z",
    )
    until(reader, date)
