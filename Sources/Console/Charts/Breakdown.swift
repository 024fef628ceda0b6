// SPDX-License-Identifier: Apache-2.0

/// A whole and its parts: a bar, and a line for each part that leads to the list behind it.
struct Breakdown: Part {
    /// A part, or what is only counted beside the parts.
    struct Line: Sendable {
        var label: String
        var count: Int
        /// `good`, `warn`, `bad`, `rest`, `c2`, `c3`; nil for a line that is not part of the bar.
        var style: String?
        var href: String?
        var isSum = false
        /// A button in the line.
        var side = HTML.nothing

        init(
            _ label: String,
            _ count: Int,
            _ style: String?,
            href: String? = nil,
            isSum: Bool = false
        ) {
            (self.label, self.count, self.style) = (label, count, style)
            (self.href, self.isSum) = (href, isSum)
        }
    }

    var title: String
    var total: Int
    var lines: [Line]

    func html(_ view: View) -> HTML {
        """
        <div class="chart breakdown">\(total > 0 ? bar : "")<ul>\(lines.map(row).joined())</ul></div>
        """
    }

    private var parts: [Line] { lines.filter { $0.style != nil && $0.count > 0 } }

    private var bar: HTML {
        var x = 0.0
        let segments = parts.map { line -> HTML in
            let width = 640.0 * Double(line.count) / Double(total)
            defer { x += width }
            return """
                <rect class="\(line.style ?? "rest")" x="\(ChartScale.text(x))" y="0" \
                width="\(ChartScale.text(max(1.5, width - 1)))" height="16" rx="3"/>
                """
        }
        let words = parts.map { "\($0.label) \($0.count)" }.joined(separator: ", ")
        return """
            <svg viewBox="0 0 640 16" preserveAspectRatio="none" role="img" \
            aria-label="\(title): \(words), of \(total).">\(segments.joined())</svg>
            """
    }

    private func row(_ line: Line) -> HTML {
        let mark: HTML =
            line.style.map { style in
                """
                <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">\
                <rect class="\(style)" width="10" height="10" rx="2"/></svg>
                """
            } ?? "<span></span>"
        let number = TimeText.count(line.count)
        let figure: HTML =
            line.href.map { link(number, $0) } ?? HTML(escaping: number)
        let name: HTML = line.href.map { link(line.label, $0) } ?? HTML(escaping: line.label)
        let share = line.isSum || total == 0 ? "" : TimeText.percent(line.count, of: total)
        return """
            <li class="\(line.isSum ? "sum" : "")">\(mark)<span>\(name) \(line.side)</span>\
            <span>\(figure)</span><span class="part">\(share)</span></li>
            """
    }
}

/// How many are left at each step, one bar below the other.
struct Funnel: Part {
    var title: String
    var steps: [(label: String, count: Int, href: String?)]

    func html(_ view: View) -> HTML {
        let whole = max(1, steps.first?.count ?? 1)
        let height = steps.count * 34
        let bars = steps.enumerated().map { index, step -> HTML in
            let width = max(2, 620.0 * Double(step.count) / Double(whole))
            return """
                <rect class="rest" x="0" y="\(index * 34 + 16)" width="620" height="12" rx="6" opacity=".35"/>\
                <rect class="c1" x="0" y="\(index * 34 + 16)" width="\(ChartScale.text(width))" \
                height="12" rx="6"/>
                """
        }
        let words = steps.map { "\($0.label) \($0.count)" }.joined(separator: ", ")
        let names = steps.map { step -> HTML in
            let number = TimeText.count(step.count)
            return """
                <li><span></span><span>\(step.label)</span>\
                <span>\(step.href.map { link(number, $0) } ?? HTML(escaping: number))</span>\
                <span class="part">\(TimeText.percent(step.count, of: whole))</span></li>
                """
        }
        return """
            <figure class="chart breakdown"><svg viewBox="0 0 620 \(height)" role="img" \
            aria-label="\(title): \(words).">\(bars.joined())</svg>\
            <ul>\(names.joined())</ul></figure>
            """
    }
}
