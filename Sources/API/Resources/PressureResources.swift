// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database

extension Resource {
    /// `/v1/quarantine`: why an address or number is not contacted for now, or at all.
    static let quarantine = Resource(
        name: "quarantine",
        summary: "Why an address or number is not contacted; DELETE lets it be contacted again.",
        attributes: [
            .id,
            .init("channel", .choice(["email", "sms"]), "The channel.", example: "email")
                .filterable,
            .init(
                "cause",
                .choice(QuarantineCause.allCases.map(\.rawValue)),
                "What brought it about.",
                example: "softBounce"
            ).filterable.sortable,
            .init(
                "address",
                .text(limit: 254),
                "The address or number of the contact that did, until it is erased.",
                example: "a@example.org"
            ).orNull,
            .init("subscriber_id", .integer, "The profile of that contact.", example: 77).orNull,
            .init("occurrences", .integer, "How often it came about.", example: 2),
            .init("since", .moment, "When it came about last.", example: 1_780_000_000).sortable,
            .init("until", .moment, "Until when; null until it is lifted.", example: .null)
                .orNull.sortable,
        ],
        listing: QuarantineStore.listing,
        delete: { id, _, change in
            try QuarantineStore(change.workspace).lift(id, in: change.transaction)
            return [:]
        },
        isPersonal: true
    )

    /// `/v1/serviceDomain`: a domain whose addresses belong to nobody in particular.
    static let serviceDomain = Resource(
        name: "serviceDomain",
        summary: "A domain that takes mail for any name, or for services only; not written to.",
        attributes: [
            .id,
            .init("domain", .text(limit: 253), "The domain.", example: "example.com")
                .filterable.sortable.requiredToPost,
            .init("cdate", .moment, "When it was added.", example: 1_780_000_000),
        ],
        listing: ServiceDomainStore.listing,
        create: { draft, change in
            let store = ServiceDomainStore(change.workspace)
            let domain = draft.text("domain") ?? ""
            let made = try store.add(domain, by: change.context, in: change.transaction)
            guard let made else {
                throw Problem.conflict(
                    "the domain is there already",
                    with: try store.id(of: domain, in: change.transaction)
                )
            }
            return made
        },
        delete: { id, _, change in
            try ServiceDomainStore(change.workspace).remove(id, in: change.transaction)
            return [:]
        }
    )
}

/// The limits of a profile table's commercial pressure.
enum PressureActions {
    static let pressure = ResourceAction(
        name: "pressure",
        method: .post,
        target: .item,
        summary: "Set how many messages a profile gets; what is left out stays as it is.",
        attributes: [
            limit("per_day", "At most so many a calendar day; null for no limit."),
            limit("per_week", "At most so many a week from Monday on; null for no limit."),
            limit("per_month", "At most so many a calendar month; null for no limit."),
            .init("zone", .text(limit: 64), "Where days begin.", example: "Europe/Brussels")
                .postable,
        ],
        run: .change { id, draft, change in
            let store = PressureStore(change.workspace)
            let table = ProfileTableID(id)
            var limits = try store.limits(of: table, in: change.transaction)
            if draft.has("per_day") { limits.perDay = draft.integer("per_day").map { Int($0) } }
            if draft.has("per_week") { limits.perWeek = draft.integer("per_week").map { Int($0) } }
            if draft.has("per_month") {
                limits.perMonth = draft.integer("per_month").map { Int($0) }
            }
            if let name = draft.text("zone") {
                guard let zone = Zone(name) else {
                    throw Problem.unacceptable("zone", "must be an IANA time zone")
                }
                limits.zone = zone
            }
            if !draft.values.isEmpty { try store.set(limits, of: table, in: change.transaction) }
            return limits.json(of: id)
        }
    )

    private static func limit(_ name: String, _ meaning: String) -> ResourceAttribute {
        ResourceAttribute(name, .integer, meaning, example: 3).orNull.postable
    }
}

extension PressureLimits {
    fileprivate func json(of table: Int64) -> JSONValue {
        func number(_ cap: Int?) -> JSONValue { cap.map { .integer(Int64($0)) } ?? .null }
        return [
            "id": .integer(table), "per_day": number(perDay), "per_week": number(perWeek),
            "per_month": number(perMonth), "zone": .string(zone.name),
        ]
    }
}
