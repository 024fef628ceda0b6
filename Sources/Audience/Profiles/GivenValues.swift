// SPDX-License-Identifier: Apache-2.0
internal import Common

/// Values that someone gave for one profile or row, read as a file's would be.
struct GivenValues {
    let columns: [MergeColumn]
    let cells: [Cell?]
    let warnings: [ProfileChange.Warning]

    /// Reads values by attribute name; a blank one empties the attribute.
    ///
    /// - Throws: ``AudienceError`` for an unknown attribute, one given twice, or a value that
    ///   does not fit.
    init(_ values: [String: String], for table: MergeTable, countryCode: String?) throws {
        var columns: [MergeColumn] = []
        var cells: [Cell?] = []
        var warnings: [ProfileChange.Warning] = []
        for (name, text) in values.sorted(by: { $0.key < $1.key }) {
            guard let attribute = table.attribute(named: name) else {
                throw AudienceError.noSuchAttribute(name, table: table.name)
            }
            guard !columns.contains(where: { $0.attribute.id == attribute.id }) else {
                throw AudienceError.givenTwice(attribute.name)
            }
            let (cell, warning) = try Self.read(text, attribute, countryCode)
            columns.append(MergeColumn(attribute))
            cells.append(cell)
            if let warning { warnings.append(.init(attribute: attribute.name, warning: warning)) }
        }
        self.columns = columns
        self.cells = cells
        self.warnings = warnings
    }

    /// Reads one value into a cell with bytes of its own; nil leaves the attribute as it is.
    static func read(
        _ text: String,
        _ attribute: Attribute,
        _ countryCode: String?
    ) throws
        -> (Cell?, ValueWarning?)
    {
        guard !text.utf8.contains(0) else {
            // Both engines would cut the text there or refuse it (design/sql.md).
            throw AudienceError.badValue(
                attribute: attribute.name,
                problem: ValueProblem(.nulCharacter, "text with a NUL character")
            )
        }
        var text = text
        return try text.withUTF8 { bytes in
            switch ValueReader(attribute, countryCode: countryCode).read(bytes) {
            case .value(let cell): return (cell.owned, nil)
            case .warned(let cell, let warning): return (cell?.owned, warning)
            case .refused(let problem):
                throw AudienceError.badValue(attribute: attribute.name, problem: problem)
            }
        }
    }
}
