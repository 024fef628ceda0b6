// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// Reads what the rules of eligibility need to know of profiles, by the chunk.
struct AddresseeReader {
    let table: ProfileTable
    let list: ListID?
    let channel: Channel
    /// Whom they let pass is not looked up; nil to look up everybody.
    let screens: AddressScreens?

    init(_ campaign: Campaign, _ table: ProfileTable, _ screens: AddressScreens?) {
        self.table = table
        list = campaign.list
        channel = campaign.channel
        self.screens = screens
    }

    /// What is known of profiles at a moment, in their order.
    func addressees(
        _ profiles: [ProfileID],
        at moment: Instant,
        in connection: Connection
    ) throws -> [Addressee] {
        var people = profiles.map { Addressee(profile: $0) }
        try readProfiles(&people, connection)
        if let list { try readStandings(&people, list, connection) }
        try readQuarantine(&people, moment, connection)
        try readBans(&people, connection)
        return people
    }

    private func readQuarantine(
        _ people: inout [Addressee],
        _ moment: Instant,
        _ connection: Connection
    ) throws {
        guard let contact = channel.contact else { return }
        let suspects = people.indices.filter { position in
            guard let hash = people[position].hash else { return false }
            return screens?.quarantine?.holds(hash) ?? true
        }
        guard !suspects.isEmpty else { return }
        let causes = try QuarantineStore(table.workspace).causes(
            of: suspects.map { people[$0].address },
            contact,
            at: moment,
            in: connection
        )
        for (position, found) in causes { people[suspects[position]].quarantine = found }
    }

    private func readBans(_ people: inout [Addressee], _ connection: Connection) throws {
        guard let contact = channel.contact else { return }
        let suspects = people.indices.filter { position in
            guard let address = people[position].address, let hash = people[position].hash else {
                return false
            }
            return screens?.bans?.holds(address, hash: hash) ?? true
        }
        guard !suspects.isEmpty else { return }
        let banned = try DoNotContactStore(table.workspace)
            .banned(suspects.compactMap { people[$0].address }, contact, in: connection)
        for position in suspects {
            people[position].isBlocked = people[position].address.map(banned.contains) ?? false
        }
    }

    private func readProfiles(_ people: inout [Addressee], _ connection: Connection) throws {
        let address = channel.addressRole.flatMap { table.attribute($0)?.column }
        let permission = channel.permissionRole.flatMap { table.attribute($0)?.column }
        let zone = table.attribute(.timeZone)?.column
        let lookup = Lookup(
            table: table.physicalName,
            key: "id",
            columns: ["id", address ?? "NULL", permission ?? "NULL", zone ?? "NULL"],
            keys: people.map { $0.profile.sql }
        )
        try connection.lookup(lookup) { position, cursor in
            people[position].isInTable = true
            people[position].address = cursor.text(1)
            people[position].hash = people[position].address.flatMap {
                channel.contact?.hash(of: $0)
            }
            people[position].isPermitted = permission == nil || cursor.value(2).isTrue
            people[position].zone = cursor.text(3)
        }
    }

    private func readStandings(
        _ people: inout [Addressee],
        _ list: ListID,
        _ connection: Connection
    ) throws {
        for position in people.indices { people[position].isSubscribed = false }
        let lookup = Lookup(
            table: "subscription",
            key: "profile_id",
            columns: ["is_subscribed", "is_confirmed"],
            keys: people.map { $0.profile.sql },
            fixed: [("workspace_id", table.workspace.sql), ("list_id", list.sql)],
            order: "profile_id"
        )
        try connection.lookup(lookup) { position, cursor in
            people[position].isSubscribed = cursor.value(0).isTrue && cursor.value(1).isTrue
        }
    }
}

extension Channel {
    /// What the do-not-contact list calls it; nil where it knows none.
    var contact: ContactChannel? {
        switch self {
        case .email: .email
        case .sms: .sms
        case .print, .callCenter, .customAudience: nil
        }
    }

    /// The attribute with the address; a file has none of its own.
    var addressRole: AttributeRole? {
        switch self {
        case .email: .emailAddress
        case .sms: .mobileNumber
        case .print, .callCenter, .customAudience: nil
        }
    }

    /// The attribute with the permission; nil where none is needed.
    var permissionRole: AttributeRole? {
        switch self {
        case .email: .emailEnabled
        case .sms: .smsEnabled
        case .print, .callCenter, .customAudience: nil
        }
    }

    /// The moment of the latest contact; nil where none is kept.
    var recency: RecencyMoment? {
        switch self {
        case .email: .lastEmailSentMoment
        case .sms: .lastSmsSentMoment
        case .print, .callCenter, .customAudience: nil
        }
    }
}

extension SQLValue {
    /// Whether the value is true; null is not.
    var isTrue: Bool { (try? Bool(sql: self)) ?? false }
}
