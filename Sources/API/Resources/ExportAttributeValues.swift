// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files

extension ExportAttributes {
    /// What an answer says of a definition.
    static func values(_ definition: ExportDefinition) -> [String: JSONValue] {
        let groups = [
            general(definition), data(definition), format(definition.formats),
            transfer(definition), schedule(definition),
        ]
        return groups.reduce(into: [:]) { all, group in all.merge(group) { $1 } }
    }

    /// What an answer says of a stored definition.
    @Sendable
    static func values(text: String) -> [String: JSONValue] {
        (try? JSONText.decode(ExportDefinition.self, from: text)).map(values) ?? [:]
    }

    private static func general(_ definition: ExportDefinition) -> [String: JSONValue] {
        [
            "name": .string(definition.name), "name_suffix": .string(definition.nameSuffix),
            "type": .string(definition.pair.rawValue),
            "profile_table_id": .optional(definition.table?.value),
            "custom_table_id": .optional(definition.customTable?.value),
            "entity_id": .optional(definition.entity?.value),
            "search_id": .optional(definition.search?.value),
            "sources": sources(definition.sourceFilter),
        ]
    }

    private static func sources(_ filter: SourceFilter) -> JSONValue {
        guard filter.isOn else { return .null }
        let ticked = ChangeSource.allCases.filter(filter.sources.contains).map(\.rawValue)
        let groups = SourceFilter.Group.allCases.filter(filter.groups.contains).map(\.rawValue)
        return .array((ticked + groups).map(JSONValue.string))
    }

    private static func data(_ definition: ExportDefinition) -> [String: JSONValue] {
        let columns = definition.columns.map { columns in
            JSONValue.array(
                columns.map { column in
                    [
                        "key": .string(column.key),
                        "header": column.header.map(JSONValue.string) ?? .null,
                    ]
                }
            )
        }
        return [
            "columns": columns ?? .null,
            "subscriptions": .string(definition.subscriptions.rawValue),
        ]
    }

    private static func format(_ formats: ValueFormats) -> [String: JSONValue] {
        [
            "booleans": .string(formats.booleans.rawValue),
            "dates": .string(formats.dates.rawValue),
            "moments": .string(formats.moments.rawValue),
            "moments_zone": .string(formats.zone.name),
            "several_separator": .string(formats.severalSeparator.rawValue),
            "separator": .string(formats.delimiter.rawValue),
            "neutralize_formulas": .boolean(formats.neutralizesFormulas),
        ]
    }

    private static func transfer(_ definition: ExportDefinition) -> [String: JSONValue] {
        let transfer = definition.transfer
        return [
            "location_id": .integer(transfer.location.value),
            "file_name": .string(transfer.fileName), "file_suffix": .string(transfer.suffix),
            "compression": .string(transfer.compression.rawValue),
            "inner_file_name": transfer.innerFileName.map(JSONValue.string) ?? .null,
            "empty_window": .string(definition.emptyWindow.rawValue),
        ]
    }

    private static func schedule(_ definition: ExportDefinition) -> [String: JSONValue] {
        var values: [String: JSONValue] = [
            "daily_at": .null, "every_hours": .null, "first_run_from": .null,
            "once": .null, "once_at": .null,
            "zone": .string(definition.zone.name),
            "report_recipients": .array(definition.reportRecipients.map(JSONValue.string)),
        ]
        switch (definition.once, definition.recurrence.pattern) {
        case (.now, _): values["once"] = "now"
        case (.at(let moment), _):
            values["once"] = "at"
            values["once_at"] = .moment(moment)
        case (nil, .daily(let time)): values["daily_at"] = .string(time.description)
        case (nil, .hourly(let hours, _)): values["every_hours"] = .integer(Int64(hours))
        case (nil, .weekly), (nil, .monthly), (nil, .lastDayOfMonth): break
        }
        switch definition.firstRun {
        case .dayBefore: values["first_run"] = "dayBefore"
        case .everything: values["first_run"] = "everything"
        case .from(let moment):
            values["first_run"] = "from"
            values["first_run_from"] = .moment(moment)
        }
        return values
    }
}

extension JSONValue {
    /// A number, or null.
    fileprivate static func optional(_ number: Int64?) -> JSONValue {
        number.map(JSONValue.integer) ?? .null
    }

    /// Seconds since 1970, whole ones without a fraction.
    static func moment(_ moment: Instant) -> JSONValue {
        moment.microseconds % 1_000_000 == 0
            ? .integer(moment.seconds) : .number(Double(moment.microseconds) / 1_000_000)
    }
}
