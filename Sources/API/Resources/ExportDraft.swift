// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files

/// Reads an export's definition from the attributes of a body.
struct ExportDraft {
    private let draft: Draft
    private let now: Instant

    init(_ draft: Draft, now: Instant) {
        self.draft = draft
        self.now = now
    }

    /// The definition of a new export; what is left out has its default.
    func new() throws -> ExportDefinition {
        guard let zone = Zone("UTC"), let time = TimeOfDay("04:00"),
            let recurrence = Recurrence(.daily(at: time), in: zone)
        else { throw Problem.unacceptable("daily_at", "is required") }
        let start = ExportDefinition(
            name: draft.text("name") ?? "",
            pair: try choice("type", ExportPair.self) ?? .profileCreatedOrUpdated,
            table: nil,
            transfer: Transfer(fileName: draft.text("file_name") ?? ""),
            recurrence: recurrence
        )
        return try changed(start)
    }

    /// A definition with what the body gives.
    func changed(_ present: ExportDefinition) throws -> ExportDefinition {
        var definition = present
        try setGeneral(&definition)
        try setData(&definition)
        try setFormats(&definition.formats)
        try setTransfer(&definition)
        try setSchedule(&definition)
        return definition
    }

    private func setGeneral(_ definition: inout ExportDefinition) throws {
        set(&definition.name, draft.text("name"))
        set(&definition.nameSuffix, draft.text("name_suffix"))
        set(&definition.pair, try choice("type", ExportPair.self))
        if draft.has("profile_table_id") {
            definition.table = draft.integer("profile_table_id").map { ProfileTableID($0) }
        }
        if draft.has("custom_table_id") {
            definition.customTable = draft.integer("custom_table_id").map { CustomTableID($0) }
        }
        if draft.has("entity_id") {
            definition.entity = draft.integer("entity_id").map { EntityID($0) }
        }
        if draft.has("search_id") {
            definition.search = draft.integer("search_id").map { SearchID($0) }
        }
        guard draft.has("sources") else { return }
        guard let words = try draft.structure("sources", as: [String].self) else {
            definition.sourceFilter = .off
            return
        }
        definition.sourceFilter = .only(
            Set(words.compactMap(ChangeSource.init(rawValue:))),
            groups: Set(words.compactMap(SourceFilter.Group.init(rawValue:)))
        )
    }

    private func setData(_ definition: inout ExportDefinition) throws {
        set(&definition.subscriptions, try choice("subscriptions", SubscriptionForm.self))
        guard draft.has("columns") else { return }
        definition.columns = try draft.structure("columns", as: [ExportColumn].self)
    }

    private func setFormats(_ formats: inout ValueFormats) throws {
        set(&formats.booleans, try choice("booleans", BooleanFormat.self))
        set(&formats.dates, try choice("dates", DateFormat.self))
        set(&formats.moments, try choice("moments", MomentFormat.self))
        set(&formats.severalSeparator, try choice("several_separator", SeveralSeparator.self))
        set(&formats.delimiter, try choice("separator", Delimiter.self))
        set(&formats.neutralizesFormulas, draft.boolean("neutralize_formulas"))
        set(&formats.zone, try zone("moments_zone"))
    }

    private func setTransfer(_ definition: inout ExportDefinition) throws {
        set(&definition.transfer.location, draft.integer("location_id").map { LocationID($0) })
        set(&definition.transfer.fileName, draft.text("file_name"))
        set(&definition.transfer.suffix, draft.text("file_suffix"))
        set(&definition.transfer.compression, try choice("compression", Compression.self))
        if draft.has("inner_file_name") {
            definition.transfer.innerFileName = draft.text("inner_file_name")
        }
        set(&definition.emptyWindow, try choice("empty_window", EmptyWindow.self))
    }

    private func setSchedule(_ definition: inout ExportDefinition) throws {
        set(
            &definition.reportRecipients,
            try draft.structure("report_recipients", as: [String].self)
        )
        if draft.has("first_run") || draft.has("first_run_from") {
            definition.firstRun = try firstRun(definition.firstRun)
        }
        let isRecurring = draft.text("daily_at") != nil || draft.integer("every_hours") != nil
        definition.once = try once(definition.once, isRecurring: isRecurring)
        let names = ["daily_at", "every_hours", "zone"]
        guard names.contains(where: { draft.has($0) }) else { return }
        definition.recurrence = try recurrence(definition)
    }

    /// A time of day, or hours, take the place of what was to be once.
    private func once(_ present: OneShot?, isRecurring: Bool) throws -> OneShot? {
        let (word, moment) = (draft.text("once"), draft.moment("once_at"))
        guard (word == nil && moment == nil) || !isRecurring else {
            throw Problem.unacceptable("once", "cannot be given together with a recurrence")
        }
        if word == "now" { return .now }
        if let moment { return .at(moment) }
        guard word == nil else {
            throw Problem.unacceptable("once_at", "is required with once = at")
        }
        return isRecurring || draft.isNull("once") ? nil : present
    }

    private func firstRun(_ present: FirstRun) throws -> FirstRun {
        switch draft.text("first_run") {
        case "everything": return .everything
        case "dayBefore": return .dayBefore
        default: break
        }
        if let moment = draft.moment("first_run_from") { return .from(moment) }
        guard draft.text("first_run") == nil else {
            throw Problem.unacceptable("first_run_from", "is required with first_run = from")
        }
        return present
    }

    /// What is not given stays; a time of day takes the place of hours, and hours of a time.
    private func recurrence(_ definition: ExportDefinition) throws -> Recurrence {
        let present = definition.recurrence
        let zone = try zone("zone") ?? present.zone
        guard draft.text("daily_at") == nil || draft.integer("every_hours") == nil else {
            throw Problem.unacceptable("every_hours", "cannot be given together with daily_at")
        }
        let pattern =
            try definition.once == nil ? pattern(present.pattern, zone) : present.pattern
        let recurrence = Recurrence(pattern, in: zone)
        guard let recurrence else {
            throw Problem.unacceptable("every_hours", "must be from 1 to 8784")
        }
        return recurrence
    }

    /// Hours are counted from midnight; those that stay are counted as before.
    private func pattern(
        _ present: Recurrence.Pattern,
        _ zone: Zone
    ) throws -> Recurrence.Pattern {
        if let text = draft.text("daily_at") {
            guard let time = TimeOfDay(text) else {
                throw Problem.unacceptable("daily_at", "must be a time of day such as 04:00")
            }
            return .daily(at: time)
        }
        if let hours = draft.integer("every_hours") {
            if case .hourly(let every, _) = present, every == hours { return present }
            guard let midnight = TimeOfDay(hour: 0, minute: 0) else { return present }
            let anchor = zone.instant(of: midnight, on: zone.local(now).day)
            return .hourly(every: Int(clamping: hours), from: anchor)
        }
        let isGone =
            switch present {
            case .hourly: draft.isNull("every_hours")
            default: draft.isNull("daily_at")
            }
        guard !isGone else {
            throw Problem.unacceptable("daily_at", "or every_hours is required")
        }
        return present
    }

    private func zone(_ name: String) throws -> Zone? {
        guard let text = draft.text(name) else { return nil }
        guard let zone = Zone(text) else {
            throw Problem.unacceptable(name, "must be a zone such as Europe/Brussels")
        }
        return zone
    }

    private func choice<Choice: RawRepresentable>(
        _ name: String,
        _ type: Choice.Type
    ) throws -> Choice? where Choice.RawValue == String {
        draft.text(name).flatMap(Choice.init(rawValue:))
    }

    private func set<Value>(_ target: inout Value, _ value: Value?) {
        if let value { target = value }
    }
}
