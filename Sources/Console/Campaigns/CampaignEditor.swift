// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Messaging

/// Writing a campaign, and changing a draft.
enum CampaignEditor {
    static let routes: [Route] = [
        .get("campaigns/new", .manage) { try await .page(page($0, Values(), nil)) },
        .post("campaigns/new") { visit, form in try await save(visit, form, nil) },
        .get("campaigns/:id/edit", .manage) { visit in
            let campaign = try await visit.read { try CampaignEditor.campaign(visit, $0) }
            return try await .page(page(visit, Values(campaign), campaign))
        },
        .post("campaigns/:id/edit") { visit, form in
            let campaign = try await visit.read { try CampaignEditor.campaign(visit, $0) }
            return try await save(visit, form, campaign)
        },
        .post("campaigns/:id/copy") { visit, _ in try await copy(visit) },
    ]

    private struct Values: Sendable {
        var name = ""
        var table: Int64?
        var kind = CampaignKind.scenarized.rawValue
        var list: Int64?
        var sendsOnce = true
        var control = "0"
        var entity: Int64?
        var content = ContentForm()

        init() {}

        init(_ campaign: Campaign) {
            name = campaign.displayName
            (table, list) = (campaign.table.value, campaign.list?.value)
            entity = campaign.entity?.value
            kind = campaign.kind.rawValue
            sendsOnce = campaign.rules.sendsOncePerAddress
            control = "\(campaign.rules.controlPercent)"
            content = ContentForm(campaign.content)
        }

        init(_ form: Form) {
            (name, table, kind) = (form.text("name"), form.number("table"), form.text("kind"))
            (list, sendsOnce) = (form.number("list"), form.isOn("sendsOnce"))
            (control, content) = (form.text("control"), ContentForm(form))
            entity = form.number("entity")
        }
    }

    static func campaign(_ visit: Visit, _ connection: Connection) throws -> Campaign {
        try CampaignStore(visit.workspace).campaign(CampaignID(visit.id()), in: connection)
    }

    private static func page(
        _ visit: Visit,
        _ values: Values,
        _ campaign: Campaign?,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let (tables, lists, entities) = try await visit.read { connection in
            let tables = try ProfileTableStore(visit.workspace).all(in: connection)
            let store = ListStore(visit.workspace)
            return (
                tables, try tables.flatMap { try store.all(of: $0.id, in: connection) },
                try EntityStore(visit.workspace).all(in: connection)
            )
        }
        let place =
            campaign.map { "\(CampaignsPage.path)/\($0.id)/edit" }
            ?? "\(CampaignsPage.path)/new"
        var page = Page(campaign.map { "Edit \($0.displayName)" } ?? "New campaign", .campaigns)
        page.crumbs = [("Campaigns", CampaignsPage.path)]
        let isFile = campaign?.channel.isFile ?? false
        let entity = visit.limit.field(entities, values.entity)
        let audience = audience(values, tables, lists, entity, campaign)
        let form = FormPart(
            place,
            submit: "Save the draft",
            cancel: campaign.map { "\(CampaignsPage.path)/\($0.id)" } ?? CampaignsPage.path,
            [audience] + (isFile ? [] : values.content.groups(canChooseChannel: true))
        )
        page.parts = [Section(nil, [form.showing(errors)])] + KeptRules.parts(campaign)
        return errors.isEmpty ? page : page.status(422)
    }

    private static func audience(
        _ values: Values,
        _ tables: [ProfileTable],
        _ lists: [MailingList],
        _ entity: Field?,
        _ campaign: Campaign?
    ) -> FormPart.Group {
        var fields: [Field] = [.text("name", "Name", values.name)] + [entity].compactMap(\.self)
        fields += [
            .select(
                "table",
                "Profile table",
                values.table.map(String.init),
                tables.map { .init("\($0.id)", $0.displayName) }
            ),
            Field.select(
                "kind",
                "Kind",
                values.kind,
                kinds(campaign).map { .init($0.rawValue, CampaignWords.kind($0.rawValue)) }
            ).sized("narrow"),
            Field.select(
                "list",
                "Only for subscribers of",
                values.list.map(String.init) ?? "",
                [.init("", "No list")] + lists.map { .init("\($0.id)", $0.name) }
            ).sized("narrow"),
            Field.text("control", "Control group, in percent", values.control).sized("narrow")
                .hinted("A random share that gets nothing."),
        ]
        if campaign?.channel.isFile != true {
            let channels = [Field.Option("email", "E-mail"), Field.Option("sms", "SMS")]
            fields.append(.radio("channel", "Channel", values.content.channel.rawValue, channels))
        }
        fields.append(.check("sendsOnce", "At most one message an address", values.sendsOnce))
        return FormPart.Group(fields)
    }

    /// The kinds to choose from; a campaign may keep a kind that is made elsewhere.
    private static func kinds(_ campaign: Campaign?) -> [CampaignKind] {
        let kinds = [CampaignKind.scenarized, .transactional]
        guard let own = campaign?.kind, !kinds.contains(own) else { return kinds }
        return [own] + kinds
    }

    private static func save(
        _ visit: Visit,
        _ form: Form,
        _ campaign: Campaign?
    ) async throws -> Reply {
        let values = Values(form)
        let entity = values.entity.map { EntityID($0) }
        do {
            try visit.limit.check(entity)
            guard !values.name.isEmpty else {
                throw FormErrors(fields: ["name": "Give the campaign a name."])
            }
            guard let control = Double(values.control) else {
                throw FormErrors(fields: ["control": "A number from 0 to 100."])
            }
            let content = try message(values, campaign)
            let id = try await visit.write { transaction, context in
                // What the form does not show stays as the API made it.
                var rules = campaign?.rules ?? CampaignRules()
                (rules.sendsOncePerAddress, rules.controlPercent) = (values.sendsOnce, control)
                let kind = CampaignKind(rawValue: values.kind) ?? .scenarized
                try rules.check(kind, content.channel)
                let new = NewCampaign(
                    values.name,
                    table: ProfileTableID(values.table ?? 0),
                    kind: kind,
                    initiation: campaign?.initiation ?? .api,
                    message: content,
                    list: values.list.map { ListID($0) },
                    rules: rules,
                    entity: entity
                )
                return try store(new, campaign?.id, visit, context, transaction)
            }
            return .redirect("\(CampaignsPage.path)/\(id)/preview", notice: "The draft is saved.")
        } catch let errors as FormErrors {
            return .page(try await page(visit, values, campaign, errors))
        } catch {
            guard let refusal = Refusal(error), refusal.status == 422 else { throw error }
            let errors = FormErrors(refusal.sentence.capitalisedFirst + ".")
            return .page(try await page(visit, values, campaign, errors))
        }
    }

    /// The message that the form writes; the lines of a file stay as they are.
    private static func message(_ values: Values, _ campaign: Campaign?) throws -> MessageContent {
        if let campaign, campaign.channel.isFile { return campaign.content }
        return try values.content.content(before: campaign?.content)
    }

    private static func store(
        _ new: NewCampaign,
        _ id: CampaignID?,
        _ visit: Visit,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> CampaignID {
        _ = try ProfileTableStore(visit.workspace).table(new.table, in: transaction)
        let campaigns = CampaignStore(visit.workspace)
        guard let id else {
            let made = try campaigns.create(new, by: context, in: transaction)
            try log("campaign.create", made.id, new, context, transaction)
            return made.id
        }
        try campaigns.edit(id, new, by: context, in: transaction)
        try log("campaign.update", id, new, context, transaction)
        return id
    }

    private static func log(
        _ action: String,
        _ id: CampaignID,
        _ new: NewCampaign,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        try AuditLog(context.workspace).record(
            action,
            subject: "campaign \(id)",
            details: ["name": new.displayName],
            by: context,
            in: transaction
        )
    }

    /// A draft with the same words, since what has sent stays as it was.
    private static func copy(_ visit: Visit) async throws -> Reply {
        let id = try await visit.write { transaction, context in
            let old = try CampaignEditor.campaign(visit, transaction)
            let new = NewCampaign(
                "\(old.displayName) copy",
                table: old.table,
                kind: old.kind,
                initiation: old.initiation,
                message: old.content,
                list: old.list,
                rules: old.rules,
                entity: old.entity
            )
            return try store(new, nil, visit, context, transaction)
        }
        return .redirect("\(CampaignsPage.path)/\(id)/edit", notice: "This is the copy, a draft.")
    }
}
