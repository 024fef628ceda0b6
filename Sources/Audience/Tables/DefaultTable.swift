// SPDX-License-Identifier: Apache-2.0
internal import Common

extension ProfileTable {
    /// The table that a new workspace has, as documents show it.
    public static var standard: ProfileTable {
        let attributes = DefaultTable.attributes.enumerated().map { position, new in
            Attribute(new, id: AttributeID(Int64(position) + 1))
        }
        return ProfileTable(
            workspace: WorkspaceID(1),
            id: ProfileTableID(1),
            name: "profiles",
            displayName: "Profiles",
            businessKeyID: attributes.first?.id,
            attributes: attributes
        )
    }
}

extension Attribute {
    fileprivate init(_ new: NewAttribute, id: AttributeID) {
        self.init(
            id: id,
            name: new.name,
            displayName: new.displayName ?? new.name,
            aliases: new.aliases,
            type: new.type,
            isMultiValued: new.isMultiValued,
            isMandatory: new.isMandatory,
            isUnique: new.isUnique,
            restriction: new.restriction,
            role: new.role
        )
    }
}

/// The attributes of the default table (spec/audience.md).
enum DefaultTable {
    static let attributes: [NewAttribute] = [
        NewAttribute(
            "userId",
            .string,
            displayName: "User id",
            aliases: ["user_id"],
            role: .identifier,
            isUnique: true
        ),
        NewAttribute(
            "emailAddress",
            .string,
            displayName: "E-mail address",
            aliases: ["email"],
            role: .emailAddress
        ),
        NewAttribute(
            "gsmNumber",
            .string,
            displayName: "GSM number",
            aliases: ["mobile_number", "msisdn"],
            role: .mobileNumber
        ),
        NewAttribute(
            "firstName",
            .string,
            displayName: "First name",
            aliases: ["first_name"],
            role: .firstName
        ),
        NewAttribute(
            "lastName",
            .string,
            displayName: "Last name",
            aliases: ["last_name"],
            role: .lastName
        ),
        NewAttribute("language", .string, displayName: "Language", role: .language),
        NewAttribute(
            "timeZone",
            .string,
            displayName: "Time zone",
            aliases: ["timezone"],
            role: .timeZone
        ),
        NewAttribute(
            "emailEnabled",
            .boolean,
            displayName: "E-mail enabled",
            aliases: ["email_subscription"],
            role: .emailEnabled
        ),
        NewAttribute(
            "smsEnabled",
            .boolean,
            displayName: "SMS enabled",
            aliases: ["sms_subscription"],
            role: .smsEnabled
        ),
        NewAttribute("pushEnabled", .boolean, displayName: "Push enabled", role: .pushEnabled),
        NewAttribute(
            "marketingConsent",
            .boolean,
            displayName: "Marketing consent",
            role: .marketingConsent
        ),
    ]
}
