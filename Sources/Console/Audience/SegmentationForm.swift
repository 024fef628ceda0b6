// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database

/// What the form of a segmentation says.
struct SegmentationForm: Sendable {
    /// One segment as it was typed.
    struct Line: Sendable {
        var name = ""
        /// The saved search whose condition it takes; empty for the text.
        var search = ""
        var condition = ""

        var isEmpty: Bool { name.isEmpty && search.isEmpty && condition.isEmpty }
    }

    var name = ""
    var displayName = ""
    var table = ""
    var kind: SegmentationKind
    var hasHistory = false
    var lines: [Line]
    var otherwise = ""

    /// An empty form: a line for a simple one, three for an exclusive one.
    init(_ kind: SegmentationKind) {
        self.kind = kind
        lines = Array(repeating: Line(), count: kind == .simple ? 1 : 3)
    }

    init(_ segmentation: Segmentation) {
        let definition = segmentation.definition
        (name, kind, hasHistory) = (definition.name, definition.kind, definition.hasHistory)
        displayName = segmentation.displayName
        otherwise = definition.defaultSegment ?? ""
        lines = definition.segments.map { segment in
            let text = (try? JSONText.encode(segment.expression, pretty: true)) ?? ""
            return Line(name: segment.name, condition: text)
        }
    }

    init(_ form: Form, _ kind: SegmentationKind) {
        (name, displayName) = (form.text("name"), form.text("displayName"))
        (table, hasHistory) = (form.text("table"), form.isOn("history"))
        otherwise = form.text("otherwise")
        self.kind = kind
        lines = []
        while form.has("condition-\(lines.count)"), lines.count < 100 {
            let index = lines.count
            lines.append(
                Line(
                    name: form.text("segment-\(index)"),
                    search: form.text("search-\(index)"),
                    condition: form.text("condition-\(index)")
                )
            )
        }
    }

    /// The definition; conditions are tried one by one, so that what is wrong stands beside its own.
    ///
    /// - Throws: ``FormErrors`` by field.
    func definition(
        over profiles: ProfileTable,
        _ searches: SearchStore,
        _ compiler: SearchCompiler,
        in connection: Connection,
        at now: Instant
    ) throws -> SegmentationDefinition {
        var wrong: [String: String] = [:]
        var segments: [NewSegment] = []
        for (index, line) in lines.enumerated() where !line.isEmpty || kind == .simple {
            if kind == .exclusive, line.name.isEmpty {
                wrong["segment-\(index)"] = "Give the segment a name."
            }
            guard !line.search.isEmpty || !line.condition.isEmpty else {
                wrong["condition-\(index)"] = "Choose a search, or write a condition."
                continue
            }
            do {
                let expression = try SegmentationForm.expression(line, searches, connection)
                _ = try compiler.compile(expression, over: profiles, at: now, in: connection)
                segments.append(NewSegment(line.name, expression))
            } catch let error as AudienceError {
                wrong["condition-\(index)"] = "\(error)".capitalisedFirst + "."
            }
        }
        if kind == .exclusive, segments.isEmpty, wrong.isEmpty {
            wrong["segment-0"] = "Describe at least one segment."
        }
        guard wrong.isEmpty else { throw FormErrors(fields: wrong) }
        return SegmentationDefinition(
            name: name,
            displayName: displayName.isEmpty ? nil : displayName,
            kind: kind,
            hasHistory: hasHistory,
            segments: segments,
            defaultSegment: kind == .simple || otherwise.isEmpty ? nil : otherwise
        )
    }

    private static func expression(
        _ line: Line,
        _ searches: SearchStore,
        _ connection: Connection
    ) throws -> SearchExpression {
        if let id = Int64(line.search) {
            return try searches.search(SearchID(id), in: connection).expression
        }
        return try SearchExpression(text: line.condition)
    }

    /// The fields of each segment.
    func groups(_ searches: [Search]) -> [FormPart.Group] {
        let options =
            [Field.Option("", "The condition below")]
            + searches.map { Field.Option("\($0.id)", "As the search \($0.name)") }
        return lines.enumerated().map { index, line in
            var condition = ContentForm.code(
                "condition-\(index)",
                kind == .simple ? "Condition as JSON" : "Condition of segment \(index + 1) as JSON",
                line.condition,
                rows: 4
            )
            condition.isRequired = false
            condition.hint =
                "Such as <code>{\"attribute\": \"language\", \"is\": \"fr\"}</code>; the same terms as searches."
            let source = Field.select(
                "search-\(index)",
                kind == .simple ? "Taken from" : "Whom segment \(index + 1) holds",
                line.search,
                options
            )
            guard kind == .exclusive else {
                return FormPart.Group("Whom it holds", [source, condition])
            }
            let name = Field.text(
                "segment-\(index)",
                "Name of segment \(index + 1)",
                line.name
            ).optional
            return FormPart.Group("Segment \(index + 1)", [name, source, condition])
        }
    }
}
