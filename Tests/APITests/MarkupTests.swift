// SPDX-License-Identifier: Apache-2.0
import API
import Testing

/// Texts in markup and headers, the same for API, public pages and console.
struct MarkupTests {
    @Test func `a text in markup is only text`() {
        #expect(Markup.escaped("<a b=\"c\">&'é") == "&lt;a b=&quot;c&quot;&gt;&amp;&#39;é")
    }

    @Test(arguments: [
        ("rows-7.csv", "rows-7.csv"), ("a\"; filename=\"b.exe", "a_; filename=_b.exe"),
        ("a\r\nX-Header: b", "a__X-Header: b"), ("é\\.csv", "__.csv"),
    ])
    func `the name of a file ends no header`(name: String, shown: String) {
        #expect(Markup.attachment(name) == "attachment; filename=\"\(shown)\"")
    }
}
