// SPDX-License-Identifier: Apache-2.0
import Messaging
import Testing

@Suite struct HTMLTextTests {
    @Test(arguments: [
        ("", ""),
        ("plain", "plain\n"),
        ("a  b\n\tc", "a b c\n"),
        ("<p>one</p><p>two</p>", "one\n\ntwo\n"),
        ("<p>one<p>two", "one\n\ntwo\n"),
        ("<h1>Title</h1>text", "Title\n\ntext\n"),
        ("<div>a</div><div>b</div>", "a\nb\n"),
        ("a<br>b<br/>c<br><br><br>d", "a\nb\nc\n\nd\n"),
        ("<ul><li>x</li>\n<li>y</li></ul>z", "- x\n- y\n\nz\n"),
        ("<ul><li>x<li>y</ul>", "- x\n- y\n"),
        ("<a href=\"https://e.com/?a=1&amp;b=2\">Go</a>.", "Go (https://e.com/?a=1&b=2).\n"),
        ("<A HREF='https://e.com'>Go</A>", "Go (https://e.com)\n"),
        ("<a href=https://e.com>https://e.com</a>", "https://e.com\n"),
        ("<a href=\"mailto:a@b.co\">a@b.co</a>", "a@b.co\n"),
        ("<a href=\"#top\">Up</a> <a>no link</a>", "Up no link\n"),
        (
            "<p>x</p><a href=\"https://e.com\"><img alt=\"Shop\" src=\"s.png\"></a>",
            "x\n\nShop (https://e.com)\n"
        ),
        ("<a href=\"https://e.com\"><img src=\"s.png\"></a>", "https://e.com\n"),
        (
            "&lt;b&gt; &amp;amp; &eacute;&#233;&#xE9; &euro;&nbsp;5 &unknown; & &",
            "<b> &amp; ééé € 5 &unknown; & &\n"
        ),
        ("&#0;&#x110000;&#55296;", "&#0;&#x110000;&#55296;\n"),
        ("<head><title>T</title></head><body>b</body>", "b\n"),
        ("a<style>p{}</style><script>if (a<b) {}</script>b", "ab\n"),
        ("a<STYLE>x</Style>b", "ab\n"),
        ("a<!-- <p>hidden</p> -->b", "ab\n"),
        ("<!DOCTYPE html><p title=\"a>b\">x</p>", "x\n"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2\n"),
        ("a<style>never closed", "a\n"),
        ("a<!-- never closed", "a\n"),
        ("a<b", "a\n"),
        ("a<", "a<\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n"),
        ("a<hr>b", "a\n\n---\n\nb\n"),
        ("</a></p></li>x", "x\n"),
    ])
    func `HTML reads well as text`(html: String, text: String) throws {
        #expect(try render(EmailVariant(subject: "s", html: html)).text == text)
    }
}
