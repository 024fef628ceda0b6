// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Files
import Imports

/// An automated import while it is being made: what the steps of the wizard hand on.
struct ImportDraft: Codable, Sendable, Hashable {
    /// The import that is changed; nil for a new one.
    var id: Int64?
    var name = ""
    var location = LocationStore.transferboxName
    var folder = ""
    var matches = "exact"
    var file = ""
    var choice = FileSelector.Choice.newest.rawValue
    var table = "profiles"
    var delimiter = ""
    var encoding = ""
    var aftermath = FileAftermath.leave.rawValue
    var skipsKnownFiles = true
    var stablePause: Int64 = 30
    var header: [String] = []
    var sample: [[String]] = []
    var mapping: [ColumnMapping]?
    var identifier = ""
    var mayResubscribe = false
    var valueSeparator = ","
    var schedule = ScheduleFields(zone: .utc)
    var deadline = ""
    var campaign: Int64?
    var triggerTime = ""

    init(zone: Zone) {
        schedule = ScheduleFields(zone: zone)
    }

    /// The draft of an import that is there.
    init(_ automated: AutomatedImport, _ binding: ImportBinding?, zone: Zone) {
        let definition = automated.definition
        id = automated.id.value
        (name, location, folder) = (definition.name, definition.location, definition.folder)
        switch definition.selector.match {
        case .exact(let text): (matches, file) = ("exact", text)
        case .expression(let text): (matches, file) = ("expression", text)
        }
        choice = definition.selector.choice.rawValue
        let plan = definition.plan
        (table, mapping) = (plan.table, plan.mapping)
        (delimiter, encoding) = (plan.format.delimiter ?? "", plan.format.encoding ?? "")
        header = plan.mapping?.map(\.header) ?? []
        identifier = plan.identifiers.joined(separator: ",")
        (mayResubscribe, valueSeparator) = (plan.mayResubscribe, plan.valueSeparator)
        aftermath = definition.aftermath.rawValue
        (skipsKnownFiles, stablePause) = (definition.skipsKnownFiles, definition.stablePause)
        schedule = ScheduleFields(definition.recurrence, zone: zone)
        deadline = definition.watch.deadline?.description ?? ""
        campaign = binding?.campaign.value
        triggerTime = binding?.time?.description ?? ""
    }

    /// Reads what an earlier step handed on.
    init(handedOn text: String) throws {
        guard let json = Cookies.decode(text),
            let draft = try? JSONText.decode(ImportDraft.self, from: json)
        else { throw PageError.bad("the wizard lost its thread; begin again") }
        self = draft
    }

    /// What the next step is handed.
    var handedOn: String { Cookies.encode((try? JSONText.encode(self)) ?? "") }

    /// The import that the draft describes; what the wizard does not show stays as it is kept.
    ///
    /// - Parameters:
    ///   - kept: The import that is changed, as it is now; nil for a new one.
    ///   - now: The moment from which a schedule counts.
    /// - Returns: The definition.
    /// - Throws: ``FormErrors`` or what Files says of the file's name.
    func definition(
        over kept: AutomatedImportDefinition?,
        now: Instant
    ) throws -> AutomatedImportDefinition {
        let selector = try FileSelector(
            matches == "exact" ? .exact(file) : .expression(file),
            choice: FileSelector.Choice(rawValue: choice) ?? .newest
        )
        var definition =
            kept ?? AutomatedImportDefinition(name: name, folder: folder, selector: selector)
        (definition.name, definition.location, definition.folder) = (name, location, folder)
        (definition.selector, definition.plan) = (selector, plan(over: definition.plan))
        definition.recurrence = try recurrence(over: definition.recurrence, now: now)
        definition.aftermath = FileAftermath(rawValue: aftermath) ?? .leave
        (definition.stablePause, definition.skipsKnownFiles) = (stablePause, skipsKnownFiles)
        definition.watch.deadline = try deadlineTime()
        return definition
    }

    private func plan(over kept: ImportPlan) -> ImportPlan {
        var plan = kept
        plan.table = table
        plan.format.delimiter = delimiter.isEmpty ? nil : delimiter
        plan.format.encoding = encoding.isEmpty ? nil : encoding
        plan.mapping = mapping
        plan.identifiers = identifier.split(separator: ",").map(String.init)
        (plan.mayResubscribe, plan.valueSeparator) = (mayResubscribe, valueSeparator)
        return plan
    }

    /// A schedule that nobody has touched goes on counting from where it began.
    private func recurrence(over kept: Recurrence?, now: Instant) throws -> Recurrence? {
        if let kept, ScheduleFields(kept, zone: kept.zone) == schedule { return kept }
        return try schedule.recurrence(now: now)
    }

    private func deadlineTime() throws -> TimeOfDay? {
        guard !deadline.isEmpty else { return nil }
        guard let time = TimeOfDay(deadline) else {
            throw FormErrors(fields: ["deadline": "A time of day such as 06:00."])
        }
        return time
    }
}
