// SPDX-License-Identifier: Apache-2.0

/// A table that becomes a list of cards where it is narrow.
struct Table: Part {
    /// What a column holds.
    enum Kind: String, Sendable {
        case text = ""
        case grow
        case number
        case moment
        case actions
    }

    /// A column.
    struct Column: Sendable {
        var title: String
        var kind: Kind

        init(_ title: String, _ kind: Kind = .text) {
            (self.title, self.kind) = (title, kind)
        }
    }

    /// What stands where there are no rows.
    struct Empty: Sendable {
        var title: String
        var words: String
        var action: HTML?

        init(_ title: String, _ words: String, _ action: HTML? = nil) {
            (self.title, self.words, self.action) = (title, words, action)
        }
    }

    var caption: String
    var columns: [Column]
    var rows: [[HTML]]
    var empty: Empty
    var first: String?
    var next: String?
    var isCaptionShown = false
    var isPlain = false

    init(_ caption: String, _ columns: [Column], rows: [[HTML]], empty: Empty) {
        (self.caption, self.columns, self.rows, self.empty) = (caption, columns, rows, empty)
    }

    /// The same table with links to its other pages.
    func paged(first: String?, next: String?) -> Table {
        var copy = self
        (copy.first, copy.next) = (first, next)
        return copy
    }

    func html(_ view: View) -> HTML {
        Templates.render(TableModel(self), "table")
    }
}

private struct TableModel {
    struct ColumnModel {
        var title: String
        var style: String
    }

    struct Cell {
        var label: String
        var style: String
        var content: String
    }

    struct RowModel {
        var cells: [Cell]
    }

    var caption: String
    var captionStyle: String
    var style: String
    var columns: [ColumnModel]
    var rows: [RowModel]
    var isPlain: Bool
    var isEmpty: Bool
    var empty: String
    var first: String?
    var next: String?
    var hasPages: Bool

    init(_ table: Table) {
        caption = table.caption
        captionStyle = table.isCaptionShown ? "" : "unseen"
        style = table.isPlain ? "plain" : table.columns.count > 5 ? "rows many" : "rows"
        let heads = table.columns.map { ColumnModel(title: $0.title, style: $0.kind.rawValue) }
        columns = heads
        rows = table.rows.map { row in
            RowModel(
                cells: zip(heads, row).map { head, cell in
                    Cell(label: head.title, style: head.style, content: cell.text)
                }
            )
        }
        // What scrolls must be reached by keyboard: by what is in it, or by itself.
        isPlain = !table.rows.joined().contains { cell in
            ["<a ", "<button", "<input", "<select"].contains { cell.text.contains($0) }
        }
        isEmpty = table.rows.isEmpty
        let none = EmptyModel(
            title: table.empty.title,
            words: table.empty.words,
            action: table.empty.action?.text
        )
        empty = table.rows.isEmpty ? Templates.render(none, "empty").text : ""
        (first, next) = (table.first, table.next)
        hasPages = table.first != nil || table.next != nil
    }
}

private struct EmptyModel {
    var title: String
    var words: String
    var action: String?
}
