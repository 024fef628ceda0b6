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

    /// The plan of the mapping.
    var plan: ImportPlan {
        ImportPlan(
            table: table,
            format: FileFormat(
                delimiter: delimiter.isEmpty ? nil : delimiter,
                encoding: encoding.isEmpty ? nil : encoding
            ),
            mapping: mapping,
            identifiers: identifier.split(separator: ",").map(String.init),
            mayResubscribe: mayResubscribe,
            valueSeparator: valueSeparator
        )
    }

    /// The import that the draft describes.
    ///
    /// - Throws: ``FormErrors`` or what Files says of the file's name.
    func definition(now: Instant) throws -> AutomatedImportDefinition {
        var watch = FeedWatch()
        if !deadline.isEmpty {
            guard let time = TimeOfDay(deadline) else {
                throw FormErrors(fields: ["deadline": "A time of day such as 06:00."])
            }
            watch.deadline = time
        }
        return AutomatedImportDefinition(
            name: name,
            location: location,
            folder: folder,
            selector: try FileSelector(
                matches == "exact" ? .exact(file) : .expression(file),
                choice: FileSelector.Choice(rawValue: choice) ?? .newest
            ),
            plan: plan,
            recurrence: try schedule.recurrence(now: now),
            aftermath: FileAftermath(rawValue: aftermath) ?? .leave,
            stablePause: stablePause,
            skipsKnownFiles: skipsKnownFiles,
            watch: watch
        )
    }
}
