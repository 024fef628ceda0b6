// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Exports
import Imports
import Tasks

extension TaskParts {
    /// The ledger of the task's type; every number leads to the list behind it.
    var ledgers: [any Part] {
        var parts: [any Part] = []
        if let result = details.breakdown { parts.append(importSection(result)) }
        for trigger in details.triggers { parts.append(triggerSection(trigger)) }
        if let ledger = details.ledger { parts.append(sendSection(ledger)) }
        if let engagement = details.engagement { parts.append(engagementSection(engagement)) }
        if let export = details.export { parts.append(exportSection(export)) }
        if let bulk = details.bulk { parts.append(bulkSection(bulk)) }
        if let search = details.search { parts.append(searchSection(search)) }
        if let report = details.report {
            parts.append(
                Section(
                    "The report",
                    [
                        "<p>\(TimeText.count(report.rows)) people, with the reason for each.</p>"
                            as HTML,
                        LinkButton("Download the report (CSV)", "\(place)/report.csv", "primary"),
                    ]
                )
            )
        }
        return parts
    }

    private func importSection(_ result: ImportResult) -> Section {
        let counts = result.breakdown
        let rows = "\(place)/rows"
        func failed(
            _ label: String,
            _ count: Int,
            _ outcome: RowFate,
            _ style: String
        )
            -> Breakdown.Line
        {
            .init(
                label,
                count,
                style,
                href: count > 0 ? "\(rows)?outcome=\(outcome.rawValue)" : nil
            )
        }
        var lines: [Breakdown.Line] = [
            .init("Total", counts.total, nil, isSum: true),
            .init("Imported", counts.imported, nil, href: "\(place)/imported", isSum: true),
            .init("Created", counts.created, "good"), .init("Updated", counts.updated, "c2"),
            .init("Unchanged", counts.unchanged, "rest"),
            .init(
                "Warnings",
                counts.warnings,
                nil,
                href: counts.warnings > 0 ? "\(rows)?outcome=warning" : nil,
                isSum: true
            ),
            .init(
                "Total failed",
                counts.failed,
                nil,
                href: counts.failed > 0 ? rows : nil,
                isSum: true
            ),
        ]
        lines += [
            failed("Failed by duplicated rows", counts.duplicates, .duplicate, "warn"),
            failed(
                "Failed by the wrong number of columns",
                counts.wrongColumns,
                .wrongColumns,
                "bad"
            ),
            failed("Failed by empty identifier", counts.emptyIdentifiers, .emptyIdentifier, "bad"),
            failed("Failed during profile saving", counts.notSaved, .notSaved, "bad"),
            .init("Not reached before the stop", counts.notReached, "rest"),
        ].filter { $0.count > 0 }
        var section = Section(
            result.isDryRun ? "What the file would do" : "Breakdown",
            note: note(result),
            [Breakdown(title: "Rows of the file", total: counts.total, lines: lines)]
        )
        if counts.failed + counts.warnings > 0 {
            section = section.beside(
                LinkButton("Failed rows (CSV)", "\(place)/rows.csv?only=failed"),
                LinkButton("With warnings (CSV)", "\(place)/rows.csv")
            )
        }
        if counts.failed > 0, !result.isDryRun, visit.may(.manage) {
            section.parts.append(
                link("Correct the failed rows and import them again", "\(place)/replay")
            )
        }
        return section
    }

    private func note(_ result: ImportResult) -> String {
        let empty = result.breakdown.emptyLines
        let lines = empty > 0 ? ", \(TimeText.count(empty)) empty lines left out" : ""
        let forecast =
            result.isDryRun
            ? " Nothing was written. \(result.optIns) would opt in, \(result.optOuts) would opt out."
            : ""
        return "\(result.fileName)\(lines).\(forecast)"
    }

    private func triggerSection(_ item: TaskDetails.Trigger) -> Section {
        let trigger = item.trigger
        let time = trigger.time.map { "\($0) \(trigger.zone)" } ?? "at once"
        var parts: [any Part] = [
            Facts([
                ("State", Badge.status(trigger.state.rawValue)),
                ("Campaign", link(item.campaign, "/console/campaigns/\(trigger.campaign)")),
                ("Time", HTML(escaping: time)), ("Due", visit.view.time(trigger.dueAt)),
            ])
        ]
        if let reason = trigger.reason {
            parts.append(Notice(.note, "\(reason.capitalisedFirst)."))
        }
        if let ledger = item.ledger {
            parts.append(
                SendLedgerPart(ledger, place: "\(place)/people", generate: generate(ledger))
            )
        }
        let section = Section("Campaign trigger", parts).anchored("trigger")
        guard trigger.canBeStopped, visit.may(.manage) else { return section }
        return section.beside(
            Button(
                "Stop",
                "\(place)/stop-trigger",
                "danger",
                asking: "The campaign will not go to the people of this import. That is final for "
                    + "this run; later runs trigger as usual.",
                submit: "Stop this trigger"
            )
        )
    }

    private func generate(_ ledger: SendLedger) -> HTML {
        guard ledger.notSent > 0, visit.may(.manage) else { return .nothing }
        return Button("Generate", "\(place)/report").html(visit.view)
    }

    private func sendSection(_ ledger: SendLedger) -> Section {
        var parts: [any Part] = [
            SendLedgerPart(ledger, place: "\(place)/people", generate: generate(ledger))
        ]
        if let scheduled = details.scheduled {
            parts.append(link("Open the scheduled send", "/console/sends/\(scheduled.id)"))
        }
        let section = Section("Recipients", parts)
        guard task.status.isEnded, visit.may(.manage),
            let resume = TaskActions.resumeButton(ledger, "\(place)/resume")
        else { return section }
        return section.beside(resume)
    }

    private func engagementSection(_ engagement: Engagement) -> Section {
        func tile(_ count: Int?, _ label: String, _ state: String) -> Tiles.Item {
            let people = "\(place)/people?state=\(state)"
            return .init(
                count.map { TimeText.count($0) } ?? "–",
                label,
                href: (count ?? 0) > 0 ? people : nil
            )
        }
        return Section(
            "What became of the messages",
            note: engagement.opened == nil ? "A dash is what was not tracked." : nil,
            [
                Tiles([
                    tile(engagement.delivered, "Delivered", "delivered"),
                    tile(engagement.opened, "Opened", "opened"),
                    tile(engagement.clicked, "Clicked", "clicked"),
                    tile(engagement.bounced, "Bounced", "bounced"),
                    tile(engagement.unsubscribed, "Unsubscribed", "unsubscribed"),
                ])
            ]
        )
    }

    private func exportSection(_ export: ExportLedger) -> Section {
        let view = visit.view
        var items: [(label: String, value: HTML)] = [
            ("Rows", HTML(escaping: TimeText.count(export.rows))),
            ("Window to", view.time(export.to)),
        ]
        if export.kind != .full { items.insert(("Window from", view.time(export.from)), at: 1) }
        if let file = export.file {
            items.append(("File", HTML(escaping: file)))
            items.append(("Size", HTML(escaping: TimeText.bytes(export.bytes))))
            items.append(("SHA-256", "<code>\(export.sha256 ?? "")</code>"))
        }
        items.append(
            (
                "Left out, campaign not active",
                HTML(escaping: TimeText.count(export.leftOut.inactiveCampaigns))
            )
        )
        items.append(
            (
                "Left out by the source filter",
                HTML(escaping: TimeText.count(export.leftOut.sourceFilter))
            )
        )
        let section = Section("The file", [Facts(items)])
        guard let seq = export.seq, let id = task.subjects.exportID else { return section }
        return section.beside(
            LinkButton("Open the execution", "/console/exports/\(id)/runs/\(seq)")
        )
    }

    private func bulkSection(_ bulk: BulkBreakdown) -> Section {
        Section(
            "Members of the bulk",
            [
                Breakdown(
                    title: "Members",
                    total: bulk.total,
                    lines: [
                        .init("Total", bulk.total, nil, isSum: true),
                        .init("Created", bulk.created, "good"),
                        .init("Updated", bulk.updated, "c2"),
                        .init("Unchanged", bulk.unchanged, "rest"),
                        .init("With validation errors", bulk.validationErrors, "bad"),
                        .init("Warnings", bulk.warnings, nil, isSum: true),
                    ]
                )
            ]
        )
    }

    private func searchSection(_ search: SearchLedger) -> Section {
        Section(
            "What was found",
            [
                Tiles([
                    .init(TimeText.count(search.found), "Found"),
                    .init(TimeText.count(search.subscribed), "Subscribed"),
                    .init(TimeText.count(search.already), "Subscribed before"),
                ])
            ]
        )
    }
}
