// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database
import Imports
import Tasks

extension ImportWizard {
    /// The campaigns that an import can trigger: of the API, over the same table, not finished; and
    /// the one that it triggers, which stays a choice.
    static func campaigns(
        over table: String,
        and bound: CampaignID?,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [Campaign] {
        let table = try ProfileTableStore(workspace).table(named: table, in: connection)
        return try CampaignStore(workspace).all(in: connection)
            .filter { campaign in
                campaign.id == bound
                    || campaign.table == table.id && campaign.isTriggerable
                        && campaign.state != .finished
            }
    }

    func trigger() async throws -> FormPart {
        let (table, bound) = (draft.table, draft.campaign.map { CampaignID($0) })
        let (campaigns, isOn) = try await visit.read { connection in
            (
                try ImportWizard.campaigns(over: table, and: bound, visit.workspace, connection),
                try SettingStore(visit.workspace).value(.importTriggersEnabled, in: connection)
            )
        }
        var form = FormPart(
            ImportWizard.place,
            submit: "Next: Summary",
            [
                FormPart.Group([
                    Field.select(
                        "campaign",
                        "Trigger API Campaign",
                        draft.campaign.map(String.init) ?? "",
                        [Field.Option("", "None")]
                            + campaigns.filter(mayTrigger).map {
                                Field.Option("\($0.id)", "\($0.displayName) (\($0.state.rawValue))")
                            }
                    ).hinted("Goes to exactly the people that each run imported."),
                    Field.text("triggerTime", "At", draft.triggerTime, "time").optional
                        .hinted(
                            """
                            The first such time after the start of the run, \
                            \(draft.schedule.zone). Until then it can be stopped. Blank: at once, without a stop.
                            """
                        ),
                ])
            ]
        )
        if !isOn {
            form.extra =
                Notice(
                    .warning,
                    """
                    Import triggers are switched off in this workspace, so nothing would be sent. \
                    An administrator switches them on under \
                    <a href="/console/settings#importTriggersEnabled">Settings</a>.
                    """
                ).html(visit.view)
        }
        return form
    }

    /// Campaigns of the person's own entities, and the one that is chosen already.
    private func mayTrigger(_ campaign: Campaign) -> Bool {
        visit.limit.allows(campaign) || campaign.id.value == draft.campaign
    }

    func summary() async throws -> FormPart {
        let draft = draft
        let campaign = try await visit.read { connection in
            try draft.campaign.flatMap { id in
                try CampaignStore(visit.workspace).campaign(CampaignID(id), in: connection)
            }
        }
        let warning = try await TriggerFit.warning(
            of: draft.id.map { ImportID($0) },
            draft.schedule,
            TimeOfDay(draft.triggerTime),
            visit
        )
        let mapped = draft.mapping?.filter { $0.target != .ignored }.count
        let recurrence = try? draft.schedule.recurrence(now: visit.now)
        var items: [(label: String, value: HTML)] = [
            ("Name", HTML(escaping: draft.name)), ("Profile table", HTML(escaping: draft.table)),
            ("Location", HTML(escaping: draft.location)),
            ("Folder", HTML(escaping: draft.folder.isEmpty ? "top" : draft.folder)),
            ("File", "<code>\(draft.file)</code>"),
            (
                "Mapping",
                HTML(
                    escaping: mapped.map { "\($0) of \(draft.header.count) columns" }
                        ?? "by the names of the columns"
                )
            ),
            (
                "People are told apart by",
                HTML(escaping: draft.identifier.isEmpty ? "the business key" : draft.identifier)
            ),
            ("Opt people in again", draft.mayResubscribe ? "yes" : "never"),
            ("Schedule", HTML(escaping: recurrence?.summary ?? "only by Run Now")),
        ]
        let time = draft.triggerTime.isEmpty ? "at once" : "at \(draft.triggerTime)"
        items.append(
            ("Trigger", HTML(escaping: campaign.map { "\($0.displayName), \(time)" } ?? "none"))
        )
        var form = FormPart(ImportWizard.place, submit: "Save and activate", [])
        form.submitName = ("go", "activate")
        form.others = [.init(name: "go", value: "save", label: "Save without activating")]
        form.extra = Facts(items).html(visit.view)
        if let warning { form.extra = form.extra + Notice(.warning, "\(warning)").html(visit.view) }
        return form
    }
}

/// Whether imports have been quick enough for their triggers.
enum TriggerFit {
    /// A warning when the last runs took longer than there is from a start to its time; nil otherwise.
    ///
    /// Pure.
    static func warning(
        start: Instant,
        time: TimeOfDay,
        zone: Zone,
        lasted: [Span]
    ) -> String? {
        guard let longest = lasted.max() else { return nil }
        let room = time.firstOccurrence(after: start, in: zone) - start
        guard longest > room else { return nil }
        return "The last runs took up to \(TimeText.span(longest)), but there are only "
            + "\(TimeText.span(room)) until \(time): the trigger would be missed. Make a separate "
            + "automated import with a blank time, so that the campaign goes as soon as it is done."
    }

    /// The warning for an import and its schedule.
    static func warning(
        of id: ImportID?,
        _ schedule: ScheduleFields,
        _ time: TimeOfDay?,
        _ visit: Visit
    ) async throws -> String? {
        guard let id, let time, let recurrence = try? schedule.recurrence(now: visit.now) else {
            return nil
        }
        let lasted = try await visit.read { try durations(of: id, visit.workspace, $0) }
        return warning(
            start: recurrence.next(after: visit.now),
            time: time,
            zone: recurrence.zone,
            lasted: lasted
        )
    }

    /// How long the last runs of an import took.
    static func durations(
        of id: ImportID,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [Span] {
        try ListPage.newest(
            5,
            TaskStore.listing,
            [
                .equals("import_id", .integer(id.value)),
                .anyOf("type", ImportTasks.names.map { .text($0) }),
            ],
            in: workspace,
            from: connection
        ).compactMap { row in
            guard let started = row.moment("started"), let ended = row.moment("finished") else {
                return nil
            }
            return ended - started
        }
    }
}
