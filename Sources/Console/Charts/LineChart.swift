// SPDX-License-Identifier: Apache-2.0

/// Lines over time.
struct LineChart: Part {
    struct Series: Sendable {
        var name: String
        /// `l1` or `l2`.
        var style: String
        var values: [Int]
    }

    var title: String
    var labels: [String]
    var series: [Series]
    /// What the lines say, for those who do not see them; the sums unless given.
    var summary: String?

    func html(_ view: View) -> HTML {
        let sums = series.map { "\($0.name) \($0.values.reduce(0, +))" }.joined(separator: ", ")
        return """
            <figure class="chart"><svg viewBox="0 0 640 170" role="img" aria-label="\(title): \(summary ?? sums).">\
            \(grid)\(lines)\(axis)</svg>\(keys)\
            <details><summary>Show as a table</summary>\(table.html(view))</details></figure>
            """
    }

    private var top: Int { ChartScale.top(series.flatMap(\.values).max() ?? 0) }

    private func x(_ index: Int) -> Double {
        38 + 596 * Double(index) / Double(max(1, labels.count - 1))
    }

    private func y(_ value: Int) -> Double { 148 - 138 * Double(value) / Double(max(1, top)) }

    private var grid: HTML {
        [0, top / 2, top].map { value in
            """
            <line class="axis" x1="34" x2="640" y1="\(ChartScale.text(y(value)))" \
            y2="\(ChartScale.text(y(value)))"/>\
            <text x="28" y="\(ChartScale.text(y(value) + 4))" text-anchor="end">\
            \(ChartScale.short(value))</text>
            """ as HTML
        }.joined()
    }

    private var lines: HTML {
        series.map { one in
            let points = one.values.enumerated().map { index, value in
                "\(ChartScale.text(x(index))),\(ChartScale.text(y(value)))"
            }
            return "<polyline class=\"\(one.style)\" points=\"\(points.joined(separator: " "))\"/>"
                as HTML
        }.joined()
    }

    private var axis: HTML {
        let every = max(1, labels.count / 6)
        return labels.indices.filter { $0.isMultiple(of: every) }.map { index in
            """
            <text x="\(ChartScale.text(x(index)))" y="165" text-anchor="middle">\(labels[index])</text>
            """ as HTML
        }.joined()
    }

    private var keys: HTML {
        let rows = series.map { one in
            """
            <li><svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">\
            <line class="\(one.style)" x1="0" x2="10" y1="5" y2="5"/></svg>\(one.name)</li>
            """ as HTML
        }
        return "<ul class=\"key\">\(rows.joined())</ul>"
    }

    private var table: Table {
        Table(
            title,
            [Table.Column("Time")] + series.map { Table.Column($0.name, .number) },
            rows: labels.indices.map { index in
                [HTML(escaping: labels[index])]
                    + series.map { HTML(escaping: TimeText.count($0.values[index])) }
            },
            empty: Table.Empty("Nothing yet", "")
        )
    }
}
