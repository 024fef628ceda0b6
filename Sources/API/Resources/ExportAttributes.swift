// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files

/// The attributes of an export's definition, in the conventions of the API (spec/exports.md, "Wizard
/// and resource").
enum ExportAttributes {
    /// All of them, in the order of the wizard's steps.
    static let all: [ResourceAttribute] = general + data + format + transfer + schedule

    private static let general: [ResourceAttribute] = [
        .init("name", .text(limit: 200), "Its name, unique.", example: "daily profiles")
            .sortable.spread.from("folded_name").requiredToPost.changeable,
        .init(
            "name_suffix",
            .text(limit: 100),
            "A date pattern behind the name of each execution.",
            example: " $yyyy-MM-dd"
        ).given,
        .init(
            "type",
            .choice(ExportPair.allCases.map(\.rawValue)),
            "What it exports: an export type with an event type.",
            example: "profile.createdOrUpdated"
        ).requiredToPost.changeable.spread.from("definition"),
        .init("profile_table_id", .integer, "The profile table.", example: 1).orNull.given,
        .init("custom_table_id", .integer, "The custom table.", example: .null).orNull.given,
        .init("entity_id", .integer, "The entity.", example: .null).orNull.given,
        .init(
            "search_id",
            .integer,
            "The saved search that `profile.full` is limited to; all profiles when null.",
            example: .null
        ).orNull.given,
        .init(
            "sources",
            .several(.choice(sources)),
            "The sources and groups of sources that count; all when null.",
            example: .null
        ).orNull.given,
    ]

    private static let data: [ResourceAttribute] = [
        .init(
            "columns",
            .structure(schema: columns),
            "The columns in order, with another header if wanted; all when null.",
            example: [["key": "profileId"], ["key": "emailAddress", "header": "mail"]]
        ).orNull.given,
        .choice("subscriptions", SubscriptionForm.self, "How subscriptions are shown."),
    ]

    private static let format: [ResourceAttribute] = [
        .choice("booleans", BooleanFormat.self, "How truth values are written."),
        .choice("dates", DateFormat.self, "How days are written."),
        .init(
            "moments",
            .choice(MomentFormat.allCases.map(\.rawValue)),
            "How points in time are written.",
            example: "yyyy-MM-dd HH:mm:ss"
        ).given,
        .init("moments_zone", .text(limit: 64), "The zone of moments.", example: "UTC").given,
        .choice("several_separator", SeveralSeparator.self, "What stands between several values."),
        .choice("separator", Delimiter.self, "What stands between two columns."),
        .init(
            "neutralize_formulas",
            .boolean,
            "Whether cells that a spreadsheet would run get an apostrophe.",
            example: false
        ).given,
    ]

    private static let transfer: [ResourceAttribute] = [
        .init("location_id", .integer, "The location; 0 is the transferbox.", example: 0).given,
        .init("file_name", .text(limit: 160), "The file's name.", example: "profiles")
            .requiredToPost.changeable.spread.from("definition"),
        .init("file_suffix", .text(limit: 100), "A date pattern behind it.", example: "_$yyyyMMdd")
            .given,
        .choice("compression", Compression.self, "How files are compressed."),
        .init(
            "inner_file_name",
            .text(limit: 160),
            "The name inside a compressed file; the file's own when null.",
            example: .null
        ).orNull.given,
        .choice("empty_window", EmptyWindow.self, "What an empty window gives."),
    ]

    private static let schedule: [ResourceAttribute] = [
        .init(
            "first_run",
            .choice(["dayBefore", "from", "everything"]),
            "Where its first file begins; nowhere for full exports.",
            example: "dayBefore"
        ).given,
        .init("first_run_from", .moment, "The moment of `from`.", example: .null).orNull.given,
        .init("daily_at", .text(limit: 5), "The time of day.", example: "04:00").orNull.given,
        .init("every_hours", .integer, "Or: every so many hours.", example: .null).orNull.given,
        .init(
            "once",
            .choice(["now", "at"]),
            "Or, for full exports: once, when it is activated or at a moment.",
            example: .null
        ).orNull.given,
        .init("once_at", .moment, "The moment of `at`.", example: .null).orNull.given,
        .init("zone", .text(limit: 64), "The zone of its clocks.", example: "Europe/Brussels")
            .given,
        .init(
            "report_recipients",
            .several(.text(limit: 320)),
            "The addresses that get a report of every execution.",
            example: ["data@example.org"]
        ).given,
    ]

    private static let sources: [String] =
        ChangeSource.allCases.map(\.rawValue) + SourceFilter.Group.allCases.map(\.rawValue)

    private static let columns: JSONValue = [
        "type": "array",
        "items": [
            "type": "object", "required": ["key"], "additionalProperties": false,
            "properties": [
                "key": ["type": "string"], "header": ["type": ["string", "null"]],
            ],
        ],
    ]
}

extension ResourceAttribute {
    /// It may be given to POST and PUT, and stands in the definition.
    fileprivate var given: Self { postable.changeable.spread.from("definition") }

    /// One of the cases of a type; the first unless given.
    fileprivate static func choice<Choice: CaseIterable & RawRepresentable>(
        _ name: String,
        _ type: Choice.Type,
        _ meaning: String
    ) -> Self where Choice.RawValue == String {
        let words = type.allCases.map(\.rawValue)
        return .init(name, .choice(words), meaning, example: .string(words[0])).given
    }
}
