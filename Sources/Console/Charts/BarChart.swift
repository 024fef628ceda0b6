// SPDX-License-Identifier: Apache-2.0

/// Stacked bars, one for each day.
struct BarChart: Part {
    /// What a colour stands for.
    struct Series: Sendable {
        var name: String
        var style: String
        var values: [Int]
    }

    var title: String
    var labels: [String]
    var series: [Series]
    /// What is counted, in the plural.
    var unit: String

    private static let size = (width: 640.0, height: 170.0, left: 34.0, bottom: 22.0, top: 8.0)

    func html(_ view: View) -> HTML {
        """
        <figure class="chart"><svg viewBox="0 0 640 170" role="img" aria-label="\(title). \(summary)">\
        \(grid)\(bars)\(axis)</svg>\(ChartKey.list(series.map { ($0.name, $0.style) }))\
        <details><summary>Show as a table</summary>\(table.html(view))</details></figure>
        """
    }

    private var totals: [Int] {
        labels.indices.map { day in series.reduce(0) { $0 + $1.values[day] } }
    }

    private var top: Int { ChartScale.top(totals.max() ?? 0) }

    private var summary: String {
        let parts = series.map { "\($0.name): \($0.values.reduce(0, +))" }
        return "Over \(labels.count) days \(parts.joined(separator: ", ")) \(unit)."
    }

    private var step: Double { (Self.size.width - Self.size.left) / Double(max(1, labels.count)) }

    private func y(_ value: Int) -> Double {
        let room = Self.size.height - Self.size.bottom - Self.size.top
        return Self.size.height - Self.size.bottom - room * Double(value) / Double(max(1, top))
    }

    private var grid: HTML {
        [0, top / 2, top].enumerated().filter { $0.offset == 0 || $0.element > 0 }.map { _, value in
            let height = ChartScale.text(y(value))
            let words = ChartScale.short(value)
            return """
                <line class="axis" x1="34" x2="640" y1="\(height)" y2="\(height)"/>\
                <text x="28" y="\(ChartScale.text(y(value) + 4))" text-anchor="end">\(words)</text>
                """ as HTML
        }.joined()
    }

    private var bars: HTML {
        labels.indices.map { day in
            var sum = 0
            return series.map { one -> HTML in
                let value = one.values[day]
                guard value > 0 else { return "" }
                let (from, to) = (y(sum), y(sum + value))
                sum += value
                let x = Self.size.left + step * Double(day) + step * 0.18
                return """
                    <rect class="\(one.style)" x="\(ChartScale.text(x))" \
                    y="\(ChartScale.text(to))" width="\(ChartScale.text(step * 0.64))" \
                    height="\(ChartScale.text(max(1, from - to)))" rx="2"/>
                    """
            }.joined()
        }.joined()
    }

    private var axis: HTML {
        labels.indices.filter { $0.isMultiple(of: 2) || labels.count < 9 }.map { day in
            let x = Self.size.left + step * (Double(day) + 0.5)
            return """
                <text x="\(ChartScale.text(x))" y="165" text-anchor="middle">\(labels[day])</text>
                """ as HTML
        }.joined()
    }

    private var table: Table {
        Table(
            title,
            [Table.Column("Day")] + series.map { Table.Column($0.name, .number) },
            rows: labels.indices.map { day in
                [HTML(escaping: labels[day])]
                    + series.map { HTML(escaping: TimeText.count($0.values[day])) }
            },
            empty: Table.Empty("Nothing yet", "")
        )
    }
}

/// Arithmetic of axes.
///
/// Pure.
enum ChartScale {
    /// The round number that an axis ends at: 1, 2, 4 or 5 times a power of ten, at least 4.
    static func top(_ highest: Int) -> Int {
        guard highest > 4 else { return 4 }
        var power = 1
        while power * 10 <= highest { power *= 10 }
        return [1, 2, 4, 5, 10].map { $0 * power }.first { $0 >= highest } ?? power * 10
    }

    /// A coordinate with one decimal.
    static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// `1.2k`, `3M`.
    static func short(_ value: Int) -> String {
        for (limit, letter) in [(1_000_000, "M"), (1_000, "k")] where value >= limit {
            let tenths = value * 10 / limit
            return tenths % 10 == 0
                ? "\(tenths / 10)\(letter)" : "\(tenths / 10).\(tenths % 10)\(letter)"
        }
        return "\(value)"
    }
}

/// What the colours of a drawing stand for.
enum ChartKey {
    static func list(_ items: [(name: String, style: String)]) -> HTML {
        let rows = items.map { item in
            """
            <li><svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">\
            <rect class="\(item.style)" width="10" height="10" rx="2"/></svg>\(item.name)</li>
            """ as HTML
        }
        return "<ul class=\"key\">\(rows.joined())</ul>"
    }
}
