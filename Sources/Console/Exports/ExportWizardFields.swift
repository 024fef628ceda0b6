// SPDX-License-Identifier: Apache-2.0
import Common
import Exports
import Files

extension ExportWizard {
    /// The wizard with the fields of a step.
    func taking(_ form: Form, at step: Int) -> ExportWizard {
        var copy = self
        switch step {
        case 1: copy.takeGeneral(form)
        case 2: copy.takeData(form)
        case 3: copy.takeFormat(form)
        case 4: copy.takeTransfer(form)
        default: break
        }
        return copy
    }

    private mutating func takeGeneral(_ form: Form) {
        let before = (draft.pair, draft.table, draft.customTable)
        draft.name = form.text("name")
        draft.nameSuffix = form.text("nameSuffix")
        draft.table = form.number("table") ?? draft.table
        draft.customTable = form.number("customTable") ?? draft.customTable
        draft.pair = ExportPair(rawValue: form.text("pair")) ?? draft.pair
        draft.entity = form.number("entity")
        draft.search = form.number("search") ?? 0
        draft.filterIsOn = form.isOn("filterIsOn") && draft.pair.facts.sourceFilter
        draft.sources = form.set("sources")
        // Other columns are offered then.
        if before != (draft.pair, draft.table, draft.customTable) { draft.columns = [] }
        if draft.fileName.isEmpty { draft.fileName = ExportWizard.fileName(draft.name) }
    }

    /// A file's name made of an export's.
    static func fileName(_ name: String) -> String {
        String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }

    private mutating func takeData(_ form: Form) {
        let subscriptions =
            SubscriptionForm(rawValue: form.text("subscriptions")) ?? draft.subscriptions
        let keys = form.all("key")
        let columns = keys.enumerated().map { index, key in
            (
                place: Int(form.text("place-\(index)")) ?? index + 1,
                index: index,
                column: ExportDraft.Column(
                    key: key,
                    header: form.text("header-\(index)"),
                    isOn: form.isOn("on-\(index)")
                )
            )
        }
        draft.columns = columns.sorted { ($0.place, $0.index) < ($1.place, $1.index) }.map(\.column)
        if subscriptions != draft.subscriptions {
            // Subscriptions are other columns then.
            draft.columns = []
            draft.subscriptions = subscriptions
        }
    }

    private mutating func takeFormat(_ form: Form) {
        var formats = draft.formats
        formats.booleans = BooleanFormat(rawValue: form.text("booleans")) ?? formats.booleans
        formats.dates = DateFormat(rawValue: form.text("dates")) ?? formats.dates
        formats.moments = MomentFormat(rawValue: form.text("moments")) ?? formats.moments
        formats.severalSeparator =
            SeveralSeparator(rawValue: form.raw("several")) ?? formats.severalSeparator
        formats.delimiter = Delimiter(rawValue: form.text("delimiter")) ?? formats.delimiter
        formats.neutralizesFormulas = form.isOn("neutralizes")
        draft.formats = formats
    }

    private mutating func takeTransfer(_ form: Form) {
        draft.location = form.number("location") ?? 0
        draft.fileName = form.text("fileName")
        draft.fileSuffix = form.text("fileSuffix")
        draft.compression = Compression(rawValue: form.text("compression")) ?? .none
        draft.innerFileName = form.text("innerFileName")
        draft.emptyWindow = EmptyWindow(rawValue: form.text("emptyWindow")) ?? .headerOnly
        draft.firstRun = form.text("firstRun")
        draft.firstDay = form.text("firstDay")
        draft.schedule = ScheduleFields(form)
        draft.once = OnceFields(form)
        draft.recipients = form.text("recipients")
    }
}
