// SPDX-License-Identifier: Apache-2.0

/// The guides, within the console.
enum HelpPages {
    static let routes: [Route] = [
        .get("help/:name") { visit in
            guard let text = GuideTexts.all[visit.parameters["name"] ?? ""] else {
                throw PageError.notFound("guide")
            }
            let guide = Markdown(text)
            var page = Page(guide.title, .account)
            page.help = nil
            page.crumbs = [("Help", "/console/help/console")]
            page.parts = [Section(nil, ["<div class=\"prose\">\(guide.body)</div>" as HTML])]
            return .page(page)
        }
    ]
}

/// The little of CommonMark that the guides use: headings, paragraphs, lists, tables, bold, code,
/// links.
///
/// Pictures are left out: the console shows the real thing.
struct Markdown: Sendable {
    var title = ""
    private(set) var body = HTML.nothing

    init(_ text: String) {
        let blocks = text.split(separator: "\n\n")
        for block in blocks {
            let lines = block.split(separator: "\n").map(String.init)
            guard let first = lines.first else { continue }
            if first.hasPrefix("# ") {
                title = String(first.dropFirst(2))
            } else if !first.hasPrefix("![") {
                body = body + Markdown.block(lines, first)
            }
        }
    }

    private static func block(_ lines: [String], _ first: String) -> HTML {
        if first.hasPrefix("## ") { return "<h2>\(inline(String(first.dropFirst(3))))</h2>" }
        if first.hasPrefix("- ") {
            return
                "<ul>\(lines.map { "<li>\(inline(String($0.dropFirst(2))))</li>" as HTML }.joined())</ul>"
        }
        if first.hasPrefix("1. ") {
            let items = lines.map { line in
                "<li>\(inline(String(line.drop { $0 != " " }.dropFirst())))</li>" as HTML
            }
            return "<ol>\(items.joined())</ol>"
        }
        if first.hasPrefix("|") { return table(lines) }
        return "<p>\(inline(lines.joined(separator: " ")))</p>"
    }

    private static func table(_ lines: [String]) -> HTML {
        func cells(_ line: String, _ tag: String) -> HTML {
            let open = HTML(markup: "<\(tag)>")
            let close = HTML(markup: "</\(tag)>")
            return line.split(separator: "|").map { cell in
                open + inline(String(cell).trimmingPrefix(" ").description) + close
            }.joined()
        }
        let rows = lines.dropFirst(2).map { "<tr>\(cells($0, "td"))</tr>" as HTML }
        return """
            <div class="scroll"><table><thead><tr>\(cells(lines[0], "th"))</tr></thead>\
            <tbody>\(rows.joined())</tbody></table></div>
            """
    }

    private static func inline(_ text: String) -> HTML {
        var escaped = HTML.escape(text)
        escaped = escaped.replacing(#/`([^`]+)`/#) { "<code>\($0.1)</code>" }
        escaped = escaped.replacing(#/\*\*([^*]+)\*\*/#) { "<strong>\($0.1)</strong>" }
        escaped = escaped.replacing(#/\[([^\]]+)\]\(([a-z-]+)\.md\)/#) {
            "<a href=\"/console/help/\($0.2)\">\($0.1)</a>"
        }
        return HTML(markup: escaped)
    }
}
