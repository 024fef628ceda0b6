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

    @Test(arguments: Templates.sources.keys.sorted())
    func `every template parses and renders`(name: String) {
        #expect(!Templates.render(["a": "b"], name).text.isEmpty || name == "tiles", "\(name)")
    }
}
