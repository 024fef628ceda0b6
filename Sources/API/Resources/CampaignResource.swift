// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/campaign`: a message with its audience rules.
    static let campaign = Resource(
        name: "campaign",
        summary: "A message with its audience rules.",
        attributes: [
            .id,
            .init("name", .text(limit: 255), "The name that people see.", example: "Welcome")
                .filterable.sortable.requiredToPost.changeable,
            .init("technical_name", .text(limit: 255), "For programs, unique.", example: "Welcome")
                .filterable,
            .init("profile_table", .text(limit: 64), "The profile table.", example: "profiles")
                .filterable.postable,
            .init("entity_id", .integer, "The entity.", example: .null).orNull.filterable.postable,
            .init(
                "channel",
                .choice(Channel.allCases.map(\.rawValue)),
                "The channel.",
                example: "email"
            )
            .filterable.postable,
            .init(
                "kind",
                .choice(CampaignKind.allCases.map(\.rawValue)),
                "Its kind; scenarized unless given.",
                example: "scenarized"
            ).filterable.postable,
            .init(
                "content",
                .structure(schema: ["type": "object"]),
                "The message, as of emailMessage or smsMessage; the columns of a file.",
                example: ["senderAddress": "news@example.org"]
            ).requiredToPost.changeable,
            .init("list_id", .integer, "The list that recipients must be on.", example: 1)
                .orNull.filterable.postable.changeable,
            .init(
                "rules",
                .structure(schema: CampaignActions.rulesSchema),
                "Whom it leaves out.",
                example: ["sendsOncePerAddress": true, "controlPercent": 0]
            ).postable.changeable,
            .init(
                "state",
                .choice(CampaignState.allCases.map(\.rawValue)),
                "Its state.",
                example: "active"
            )
            .filterable.changeable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: CampaignStore.listing,
        scope: .sends,
        readPermission: .seeAllMessages,
        visible: { $0.ownEntities("entity_id") },
        create: { draft, change in
            try change.requireOwnEntity(draft.integer("entity_id"))
            let table = try ProfileTableStore(change.workspace)
                .table(named: draft.text("profile_table") ?? "profiles", in: change.transaction)
            let kind = draft.text("kind").flatMap(CampaignKind.init) ?? .scenarized
            guard kind != .abTest else {
                throw Problem.unacceptable("kind", ": a splitTest makes A/B tests")
            }
            let new = NewCampaign(
                draft.text("name") ?? "",
                table: table.id,
                kind: kind,
                initiation: .api,
                message: try CampaignActions.content(
                    draft,
                    draft.text("channel").flatMap(Channel.init) ?? .email
                ),
                list: draft.integer("list_id").map { ListID($0) },
                rules: try draft.structure("rules", as: CampaignRules.self) ?? CampaignRules(),
                entity: try change.entity(draft)
            )
            return try CampaignStore(change.workspace)
                .create(new, by: change.context, in: change.transaction).id.value
        },
        update: { id, draft, change in
            let store = CampaignStore(change.workspace)
            try CampaignActions.change(CampaignID(id), draft, change)
            guard let wanted = draft.text("state").flatMap(CampaignState.init) else { return }
            let present = try store.campaign(CampaignID(id), in: change.transaction)
            switch (present.state, wanted) {
            case (let now, let wanted) where now == wanted: return
            case (.draft, .active), (.finished, .active):
                try store.activate(present.id, by: change.context, in: change.transaction)
            case (.active, .finished):
                try store.finish(present.id, by: change.context, in: change.transaction)
            default:
                throw Problem.unacceptable(
                    "state",
                    "cannot go from \(present.state.rawValue) to \(wanted.rawValue)"
                )
            }
        },
        actions: [
            CampaignActions.execute, CampaignActions.analytics, FileActions.download,
            FileActions.drop, FileActions.dropNow,
        ]
    )
}

/// What can be done with campaigns.
enum CampaignActions {
    static let execute = ResourceAction(
        name: "execute",
        method: .post,
        target: .item,
        summary: "Send an active API-triggered campaign to profiles or to a list.",
        attributes: [
            .init("subscriber_ids", .several(.integer), "The profiles.", example: [77, 78])
                .postable,
            .init("list_id", .integer, "The list, instead of profiles.", example: 1).postable,
            .init(
                "recipients",
                .structure(
                    schema: [
                        "type": "array", "minItems": 1, "maxItems": 10_000,
                        "items": [
                            "type": "object", "required": ["subscriber_id"],
                            "properties": [
                                "subscriber_id": ["type": "integer"],
                                "parameters": ["type": "object"],
                            ],
                        ],
                    ]
                ),
                "Profiles with parameters of their own, which win over attributes.",
                example: [["subscriber_id": 77, "parameters": ["order": "A-17"]]]
            ).postable,
        ],
        status: 202,
        run: .change { id, draft, change in
            let campaign = try CampaignStore(change.workspace)
                .campaign(CampaignID(id), in: change.transaction)
            guard campaign.state == .active, campaign.initiation == .api else {
                throw Problem(422, "the campaign is not active, or not triggered by the API")
            }
            let started = try SendStore(change.workspace).start(
                campaign,
                try audience(draft, change),
                parameters: try GivenRecipient.parameters(draft),
                by: change.context,
                in: change.transaction
            )
            return ["task_id": .integer(started.task.value)]
        }
    )

    /// Name, message, list and rules.
    static func change(_ id: CampaignID, _ draft: Draft, _ change: Change) throws {
        let store = CampaignStore(change.workspace)
        var wanted = CampaignChange(name: draft.text("name"))
        if draft.has("content") {
            let channel = try store.campaign(id, in: change.transaction).channel
            wanted.content = try content(draft, channel)
        }
        let list: ListID? = draft.integer("list_id").map { ListID($0) }
        if draft.has("list_id") { wanted.list = .some(list) }
        wanted.rules = try draft.structure("rules", as: CampaignRules.self)
        try store.change(id, wanted, in: change.transaction)
    }

    static let rulesSchema: JSONValue = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "sendsOncePerAddress": ["type": "boolean"],
            "controlPercent": ["type": "number", "minimum": 0, "maximum": 100],
            "search": ["type": "integer"], "isExemptFromPressure": ["type": "boolean"],
            "pressureWeight": ["type": "integer", "minimum": 0, "maximum": 1_000],
            "unfilteredQuota": ["type": "integer", "minimum": 1],
        ],
    ]

    static func content(_ draft: Draft, _ channel: Channel) throws -> MessageContent {
        if channel == .sms {
            return try draft.structure("content", as: SMSContent.self).map(MessageContent.sms)
                .required("content")
        }
        if let channel = draft.text("channel").flatMap(Channel.init), channel.isFile {
            return try draft.structure("content", as: FileLayout.self)
                .map { MessageContent.file(channel, $0) }.required("content")
        }
        return try draft.structure("content", as: EmailContent.self).map(MessageContent.email)
            .required("content")
    }

    private static func audience(_ draft: Draft, _ change: Change) throws -> SendAudience {
        let ids =
            try draft.structure("subscriber_ids", as: [Int64].self)
            ?? GivenRecipient.all(draft)?.map(\.subscriber_id)
        let ways = ["subscriber_ids", "list_id", "recipients"].count { draft.values[$0] != nil }
        switch (ids, draft.integer("list_id")) {
        case (let ids?, nil) where ways == 1 && (1...10_000).contains(ids.count):
            return .profiles(ids.map { ProfileID($0) })
        case (nil, let list?) where ways == 1:
            guard try ListStore(change.workspace).list(ListID(list), in: change.transaction) != nil
            else { throw Problem.unacceptable("list_id", ": there is no list \(list)") }
            return .list(ListID(list))
        default:
            throw Problem(422, "give one of 1 to 10,000 subscriber_ids, a list_id, or recipients")
        }
    }
}

/// A recipient of a call, with what the caller says of them.
private struct GivenRecipient: Codable {
    var subscriber_id: Int64
    var parameters: [String: PersonalisationValue]?

    static func all(_ draft: Draft) throws -> [GivenRecipient]? {
        try draft.structure("recipients", as: [GivenRecipient].self)
    }

    /// - Throws: ``Problem`` 422 when a profile stands twice, or a text cannot be kept.
    static func parameters(
        _ draft: Draft
    ) throws -> [ProfileID: [String: PersonalisationValue]] {
        var found: [ProfileID: [String: PersonalisationValue]] = [:]
        for recipient in try all(draft) ?? [] {
            let values = recipient.parameters ?? [:]
            guard found.updateValue(values, forKey: ProfileID(recipient.subscriber_id)) == nil
            else {
                throw Problem.unacceptable(
                    "recipients",
                    "has the profile \(recipient.subscriber_id) twice"
                )
            }
        }
        return found
    }
}

extension Optional {
    /// The value that must be there.
    fileprivate func required(_ attribute: String) throws -> Wrapped {
        guard let self else { throw Problem.unacceptable(attribute, "is required") }
        return self
    }
}
