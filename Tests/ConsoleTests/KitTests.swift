// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Console

struct KitTests {
    @Test func `what is interpolated into markup is escaped`() {
        let name = "<b>\"Tom\" & 'Jerry'</b>"
        let html: HTML = "<p title=\"\(name)\">\(name)</p>"
        #expect(!html.text.contains("<b>"))
        #expect(html.text.contains("&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;"))
    }

    @Test func `markup within markup stays markup`() {
        let inner: HTML = "<em>yes</em>"
        #expect(("<p>\(inner)</p>" as HTML).text == "<p><em>yes</em></p>")
    }

    @Test func `every template parses`() {
        #expect(Templates.unparsed == [])
    }

    @Test func `a field shows its error beside it and says so to readers of screens`() {
        let form = FormPart("/x", submit: "Go", FormPart.Group([.text("name", "Name", "a\"b")]))
        let view = View(formToken: "t0", zone: .utc, now: Instant(seconds: 0))
        let html = form.showing(FormErrors(fields: ["name": "Too <short>."])).html(view).text
        #expect(html.contains("value=\"a&quot;b\""))
        #expect(html.contains("aria-invalid=\"true\""))
        #expect(html.contains("aria-describedby=\"f-name-error\""))
        #expect(html.contains("Too &lt;short&gt;."))
        #expect(html.contains("name=\"form\" value=\"t0\""))
    }

    @Test func `an error of no field stands above the form`() {
        let form = FormPart("/x", submit: "Go", FormPart.Group([.text("name", "Name", nil)]))
        let view = View(formToken: "", zone: .utc, now: Instant(seconds: 0))
        let html = form.showing(FormErrors(fields: ["other": "is odd"])).html(view).text
        #expect(html.contains("role=\"alert\""))
        #expect(html.contains("other: is odd"))
    }

    @Test func `a table without rows says what to do next`() {
        let table = Table(
            "People",
            [.init("Name")],
            rows: [],
            empty: Table.Empty("Nobody", "Bring some.", link("Upload", "/u"))
        )
        let html = table.html(View(formToken: "", zone: .utc, now: Instant(seconds: 0))).text
        #expect(html.contains("Nobody") && html.contains("href=\"/u\""))
        #expect(!html.contains("<table"))
    }
}
