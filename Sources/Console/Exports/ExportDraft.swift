// SPDX-License-Identifier: Apache-2.0
import Common
import Exports
import Files

/// An export while it is being made: what the steps of the wizard hand on.
struct ExportDraft: Codable, Sendable, Hashable {
    /// A column that the file may have.
    struct Column: Codable, Sendable, Hashable {
        var key: String
        var header: String
        var isOn: Bool
    }

    /// The export that is changed; nil for a new one.
    var id: Int64?
    var name = ""
    var nameSuffix = ""
    var table: Int64 = 0
    var customTable: Int64 = 0
    var pair = ExportPair.profileCreatedOrUpdated
    /// The entity that it belongs to, if any.
    var entity: Int64?
    /// The saved search; 0 for everybody.
    var search: Int64 = 0
    var filterIsOn = false
    var sources: Set<String> = []
    var columns: [Column] = []
    var subscriptions = SubscriptionForm.booleans
    var formats = ValueFormats()
    var location: Int64 = 0
    var fileName = ""
    var fileSuffix = "_$yyyyMMdd"
    var compression = Compression.none
    var innerFileName = ""
    var emptyWindow = EmptyWindow.headerOnly
    var firstRun = "dayBefore"
    var firstDay = ""
    var schedule = ScheduleFields(zone: .utc)
    var once = OnceFields()
    var recipients = ""

    init(zone: Zone, _ kind: ExportKind = .incremental) {
        schedule = ScheduleFields(zone: zone)
        schedule.time = "04:00"
        if kind == .full { pair = .profileFull }
    }

    init(_ record: ExportRecord) {
        let definition = record.definition
        id = record.id.value
        (name, nameSuffix, table) = (
            definition.name, definition.nameSuffix, definition.table?.value ?? 0
        )
        (pair, customTable) = (definition.pair, definition.customTable?.value ?? 0)
        (entity, search) = (definition.entity?.value, definition.search?.value ?? 0)
        filterIsOn = definition.sourceFilter.isOn
        sources = Set(definition.sourceFilter.sources.map(\.rawValue))
            .union(definition.sourceFilter.groups.map { "group-\($0.rawValue)" })
        columns = (definition.columns ?? []).map {
            Column(key: $0.key, header: $0.header ?? "", isOn: true)
        }
        (subscriptions, formats) = (definition.subscriptions, definition.formats)
        let transfer = definition.transfer
        (location, fileName) = (transfer.location.value, transfer.fileName)
        (fileSuffix, compression) = (transfer.suffix, transfer.compression)
        innerFileName = transfer.innerFileName ?? ""
        emptyWindow = definition.emptyWindow
        switch definition.firstRun {
        case .dayBefore: firstRun = "dayBefore"
        case .everything: firstRun = "everything"
        case .from(let moment): (firstRun, firstDay) = ("from", Day(utc: moment).description)
        }
        schedule = ScheduleFields(definition.recurrence, zone: .utc)
        once = OnceFields(definition.once, in: definition.zone)
        recipients = definition.reportRecipients.joined(separator: "\n")
    }

    init(handedOn text: String) throws {
        guard let json = Cookies.decode(text),
            let draft = try? JSONText.decode(ExportDraft.self, from: json)
        else { throw PageError.bad("the wizard lost its thread; begin again") }
        self = draft
    }

    var handedOn: String { Cookies.encode((try? JSONText.encode(self)) ?? "") }

    /// The columns that were chosen; nil for the main ones.
    var chosen: [ExportColumn]? {
        guard !columns.isEmpty else { return nil }
        return columns.filter(\.isOn).map {
            ExportColumn($0.key, header: $0.header.isEmpty ? nil : $0.header)
        }
    }

    /// The export that the draft describes.
    ///
    /// - Throws: ``FormErrors`` beside the field.
    func definition(now: Instant) throws -> ExportDefinition {
        guard let recurrence = try schedule.recurrence(now: now) else {
            throw FormErrors(fields: ["frequency": "An export runs by a schedule."])
        }
        let isAboutRows = pair.facts.exportType.rowKind != nil
        var definition = ExportDefinition(
            name: name,
            pair: pair,
            table: isAboutRows ? nil : ProfileTableID(table),
            transfer: Transfer(
                fileName: fileName.isEmpty ? name : fileName,
                suffix: fileSuffix,
                location: LocationID(location),
                compression: compression,
                innerFileName: innerFileName.isEmpty ? nil : innerFileName
            ),
            recurrence: recurrence
        )
        if isAboutRows, customTable != 0 { definition.customTable = CustomTableID(customTable) }
        if pair == .profileFull, search != 0 { definition.search = SearchID(search) }
        if pair.isFull { definition.once = try once.read(in: recurrence.zone) }
        definition.nameSuffix = nameSuffix
        definition.entity = entity.map { EntityID($0) }
        if filterIsOn { definition.sourceFilter = sourceFilter }
        definition.columns = chosen
        definition.subscriptions = subscriptions
        definition.formats = formats
        definition.formats.zone = recurrence.zone
        definition.emptyWindow = emptyWindow
        if !pair.isFull { definition.firstRun = try first }
        definition.reportRecipients = recipients.split(whereSeparator: { $0.isNewline || $0 == "," }
        )
        .map { $0.trimmingPrefix(" ").description }.filter { !$0.isEmpty }
        return definition
    }

    private var sourceFilter: SourceFilter {
        .only(
            Set(sources.compactMap { ChangeSource(rawValue: $0) }),
            groups: Set(
                sources.filter { $0.hasPrefix("group-") }
                    .compactMap { SourceFilter.Group(rawValue: String($0.dropFirst(6))) }
            )
        )
    }

    private var first: FirstRun {
        get throws {
            switch firstRun {
            case "everything": return .everything
            case "from":
                guard let day = Day(iso8601: firstDay) else {
                    throw FormErrors(fields: ["firstDay": "A day, from which changes count."])
                }
                return .from(day.utcMidnight)
            default: return .dayBefore
            }
        }
    }
}
