// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Exports
import Files
import Tasks

/// What a user who is limited to entities may see and do: their campaigns and exports, with what
/// these did, and nothing of others.
///
/// Everything else belongs to no entity, such as imports, lists, messages and scheduled sends.
struct EntityLimit: Sendable {
    let user: User
    let workspace: WorkspaceID
    let locations: LocationStore

    /// Whether there is a limit at all.
    var isSet: Bool { !user.entities.isEmpty }

    /// What narrows a list whose column has the entity that a thing belongs to.
    func filters(_ column: String) -> [ListingFilter] {
        guard isSet else { return [] }
        return [.anyOf(column, user.entities.sorted().map { .integer($0.value) })]
    }

    /// The choice of the entity that a thing belongs to: one of the person's own, where the person is
    /// limited to some; nil when there is nothing to choose.
    func field(_ entities: [Entity], _ chosen: Int64?) -> Field? {
        let own = entities.filter { !isSet || user.reaches($0.id) }
        guard !own.isEmpty else { return nil }
        let none: [Field.Option] = isSet ? [] : [.init("", "None")]
        return .select(
            "entity",
            "Entity",
            chosen.map(String.init),
            none + own.map { .init("\($0.id)", $0.name) }
        )
    }

    /// Refuses what would belong to no entity of the person's own.
    ///
    /// - Throws: ``FormErrors`` beside the field `entity`.
    func check(_ entity: EntityID?) throws {
        guard !isSet || entity.map(user.reaches) ?? false else {
            throw FormErrors(fields: ["entity": "Choose one of your entities."])
        }
    }

    /// Whether the user may see a campaign.
    func allows(_ campaign: Campaign) -> Bool {
        guard isSet else { return true }
        if let entity = campaign.entity { return user.reaches(entity) }
        // Scheduled sends and split tests have campaigns of their own, which belong to no entity.
        return [.oneShot, .abTest].contains(campaign.kind)
    }

    /// Refuses a page or an action that is about something of another entity, as if it were not
    /// there.
    ///
    /// - Throws: ``PageError/notFound(_:)``.
    func check(_ parts: [String], _ parameters: [String: String], in connection: Connection) throws
    {
        guard isSet, parts.count > 1, parts[1] == ":id",
            let id = parameters["id"].flatMap({ Int64($0) })
        else { return }
        let isAllowed =
            switch parts[0] {
            case "campaigns": try allowsCampaign(CampaignID(id), in: connection)
            case "exports": try allowsExport(ExportID(id), in: connection)
            case "tasks": try allowsTask(TaskID(id), in: connection)
            default: true
            }
        guard isAllowed else { throw PageError.notFound(parts[0] == "tasks" ? "task" : "page") }
    }

    /// Whether the user may see a campaign; also one that does not exist, which its page says.
    func allowsCampaign(_ id: CampaignID, in connection: Connection) throws -> Bool {
        guard isSet else { return true }
        do {
            return allows(try CampaignStore(workspace).campaign(id, in: connection))
        } catch CampaignError.noSuchCampaign {
            return true
        }
    }

    /// Whether the user may see an export; also one that does not exist.
    func allowsExport(_ id: ExportID, in connection: Connection) throws -> Bool {
        guard isSet else { return true }
        do {
            let export = try ExportStore(workspace, locations: locations)
                .export(id, in: connection)
            return export.definition.entity.map(user.reaches) ?? false
        } catch ExportsError.noSuchExport {
            return true
        }
    }

    private func allowsTask(_ id: TaskID, in connection: Connection) throws -> Bool {
        do {
            let subjects = try TaskStore(workspace).task(id, in: connection).subjects
            return try allows(subjects.campaignID, subjects.exportID, in: connection)
        } catch TaskError.noSuchTask {
            return true
        }
    }

    private func allows(
        _ campaign: CampaignID?,
        _ export: ExportID?,
        in connection: Connection
    ) throws -> Bool {
        if let campaign, try !allowsCampaign(campaign, in: connection) { return false }
        if let export, try !allowsExport(export, in: connection) { return false }
        return true
    }

    /// Tasks without those of other entities.
    func narrowed(_ tasks: [ListPage.Row], in connection: Connection) throws -> [ListPage.Row] {
        guard isSet else { return tasks }
        return try tasks.filter { row in
            try allows(
                row.integer("campaign_id").map { CampaignID($0) },
                row.integer("export_id").map { ExportID($0) },
                in: connection
            )
        }
    }
}

extension Visit {
    /// What the person is limited to.
    var limit: EntityLimit {
        EntityLimit(user: user, workspace: workspace, locations: services.rooms.locations)
    }
}
