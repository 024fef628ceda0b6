// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns

@Suite struct EligibilityTests {
    @Test func `the first rule that applies is the status`() {
        var person = Addressee(profile: ProfileID(1))
        person.isTargetValid = false
        person.isMatching = false
        person.isBlocked = true
        let monday = PressurePeriods(ManualTime.monday, in: .utc)
        person.pressure = PressureTally(periods: monday, day: 1, week: 1, month: 1)
        person.quarantine = [.complaint, .hardBounce, .softBounce]
        person.isSubscribed = false
        person.address = "broken"
        var rules = CampaignRules()
        rules.controlPercent = 100
        var eligibility = Eligibility(campaign: CampaignID(1), rules: rules)
        eligibility.domains = ["service.example"]
        eligibility.limits = PressureLimits(perDay: 1)
        eligibility.periods = monday
        eligibility.use("ann@example.com")
        let steps: [(EmailStatus?, (inout Addressee) -> Void)] = [
            (.invalidTargetGroup, { $0.isTargetValid = true }),
            (.recipientNotInTargetGroupTable, { $0.isInTable = true }),
            (.recipientNotInTargetGroup, { $0.isMatching = true }),
            (.recipientNotInTargetGroup, { $0.isPermitted = true }),
            (.recipientNotInTargetGroup, { $0.isSubscribed = true }),
            (.invalidEmailAddress, { $0.address = "" }),
            (.noEmailAddress, { $0.address = nil }),
            (.noEmailAddress, { $0.address = "ann@Service.example" }),
            (.blacklistedByRecipient, { $0.isBlocked = false }),
            (.blacklistedByRecipient, { $0.quarantine.remove(.complaint) }),
            (.catchAllDomain, { $0.address = "ANN@example.com" }),
            (.quarantinePermanent, { $0.quarantine.remove(.hardBounce) }),
            (.quarantineTemporary, { $0.quarantine = [] }),
            (.duplicateEmailAddress, { $0.address = "bob@example.com" }),
            (
                .commercialPressure,
                {
                    $0.pressure = nil
                    $0.address = "cid@example.com"
                }
            ),
            (.controlSample, { _ in }),
        ]
        for (status, mend) in steps {
            #expect(eligibility.status(of: person) == status)
            mend(&person)
        }
        var free = Eligibility(campaign: CampaignID(1), rules: CampaignRules())
        #expect(free.status(of: person) == nil)
    }

    @Test func `the first rule that applies to a text message is the status`() {
        var person = Addressee(profile: ProfileID(1))
        person.isSubscribed = false
        person.address = "04"
        person.quarantine = [.stop, .unknownNumber]
        let monday = PressurePeriods(ManualTime.monday, in: .utc)
        person.pressure = PressureTally(periods: monday, day: 1, week: 1, month: 1)
        var eligibility = Eligibility(
            campaign: CampaignID(1),
            rules: CampaignRules(controlPercent: 100)
        )
        eligibility.limits = PressureLimits(perMonth: 1)
        eligibility.periods = monday
        let steps: [(SMSStatus?, (inout Addressee) -> Void)] = [
            (.recipientNotInTargetGroup, { $0.isInTable = true }),
            (.recipientNotInTargetGroup, { $0.isPermitted = true }),
            (.recipientNotInTargetGroup, { $0.isSubscribed = true }),
            (.badFormatPhoneNumber, { $0.address = nil }),
            (.missingPhoneNumber, { $0.address = "32470123456" }),
            (.quarantine, { $0.quarantine = [.unknownNumber] }),
            (.quarantine, { $0.quarantine = [] }), (.commercialPressure, { $0.pressure = nil }),
            (.controlSample, { _ in }),
        ]
        for (status, mend) in steps {
            #expect(eligibility.textStatus(of: person) == status)
            mend(&person)
        }
        let filtered = SMSStatus.allCases.filter { $0.category == .filtered }
        #expect(filtered == [.quarantine, .commercialPressure, .controlSample])
        #expect(SMSStatus.allCases.count == 13 && EmailStatus.allCases.count == 19)
    }

    @Test func `statuses belong to the category of the spec`() {
        let filtered: Set<EmailStatus> = [
            .noEmailAddress, .invalidEmailAddress, .blacklistedByRecipient, .catchAllDomain,
            .quarantinePermanent, .quarantineTemporary, .duplicateEmailAddress,
            .commercialPressure, .controlSample, .emailSizeTooHeavy,
        ]
        for status in EmailStatus.allCases {
            #expect(status.category == (filtered.contains(status) ? .filtered : .inError))
        }
    }

    @Test(arguments: [0.0, 1, 10, 50, 100])
    func `the control sample has its share and is the same each time`(percent: Double) {
        let rules = CampaignRules(controlPercent: percent)
        let first = Eligibility(campaign: CampaignID(7), rules: rules)
        let again = Eligibility(campaign: CampaignID(7), rules: rules)
        let other = Eligibility(campaign: CampaignID(8), rules: rules)
        let people = (1...20_000).map { ProfileID(Int64($0)) }
        let chosen = people.filter(first.isInControlSample)
        #expect(chosen == people.filter(again.isInControlSample))
        let share = Double(chosen.count) / 200
        #expect(abs(share - percent) <= 1)
        if (1..<100).contains(percent) { #expect(chosen != people.filter(other.isInControlSample)) }
    }

    @Test(arguments: TestEngine.allCases)
    func `each status comes about in a send, and the ledger closes`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let other = try EligibilityTests.otherTablesPerson(world)
        let list = try EligibilityTests.list(world)
        var content = World.content
        content.variants["de"] = EmailVariant(subject: "Hallo", text: "{{lastName}}")
        content.variants["nl"] = EmailVariant(
            subject: "Dag",
            text: String(repeating: "zwaar ", count: 800_000)
        )
        content.variants["es"] = EmailVariant(subject: "Hola", text: "a\0b")
        let campaign = try world.campaign(content: content, list: list.id)
        let cases: [(String?, [String: String], String?)] = [
            ("ok@example.com", [:], nil),
            (nil, [:], "NO_EMAIL_ADDRESS"),
            ("not an address", [:], "INVALID_EMAIL_ADDRESS"),
            ("banned@example.com", [:], "BLACKLISTED_BY_RECIPIENT"),
            ("OK@Example.com", [:], "DUPLICATE_EMAIL_ADDRESS"),
            ("mute@example.com", ["emailEnabled": "false"], "RECIPIENT_NOT_IN_TARGET_GROUP"),
            ("no-name@example.com", ["language": "de"], "VARIABLE_VALUE_ERROR"),
            ("heavy@example.com", ["language": "nl"], "EMAIL_SIZE_TOO_HEAVY"),
            ("null@example.com", ["language": "es"], "EMAIL_GENERATION_ERROR"),
            ("any@Service.example", [:], "CATCH_ALL_DOMAIN"),
            ("any@sub.service.example", [:], nil),
            ("gone@example.com", [:], "QUARANTINE_PERMANENT"),
            ("full@example.com", [:], "QUARANTINE_TEMPORARY"),
            ("cross@example.com", [:], "BLACKLISTED_BY_RECIPIENT"),
        ]
        var wanted: [ProfileID: String?] = [other: "RECIPIENT_NOT_IN_TARGET_GROUP_TABLE"]
        for (address, values, status) in cases {
            let id = try world.person(address, values)
            try EligibilityTests.subscribe(id, to: list, world)
            wanted[id] = .some(status)
        }
        try world.note(.hardBounce, .email, "gone@example.com")
        try world.note(.softBounce, .email, "full@example.com")
        try world.note(.complaint, .email, "cross@example.com")
        try world.write { transaction in
            _ = try ServiceDomainStore(World.workspace)
                .add(" SERVICE.example. ", by: world.context, in: transaction)
        }
        let absent = try world.person("absent@example.com")
        wanted[absent] = "RECIPIENT_NOT_IN_TARGET_GROUP"
        try world.write { transaction in
            _ = try DoNotContactStore(World.workspace).add(
                .email,
                "Banned@Example.com",
                reason: "complaint",
                by: world.context,
                in: transaction
            )
        }
        let send = try await world.send(campaign, to: Array(wanted.keys))
        for interaction in try world.interactions(send) {
            #expect(interaction.status == wanted[interaction.profile] ?? "")
            let status = interaction.status.flatMap(EmailStatus.init)
            #expect(interaction.category == status?.category.rawValue)
        }
        let ledger = try world.ledger(send)
        #expect(ledger.targeted == wanted.count)
        #expect(ledger.sent == 2)
        #expect(ledger.closes)
        #expect(try world.outboxRecipients() == ["any@sub.service.example", "ok@example.com"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a sender that fits no Message-ID is an error of the mail's settings`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try World(engine)
        var content = World.content
        content.senderAddress = "news@\(String(repeating: "long-label.", count: 20))example"
        let send = try await world.send(
            world.campaign(content: content),
            to: [world.person("ann@example.com")]
        )
        #expect(try world.ledger(send).inError == ["EMAIL_PARAMETER_ERROR": 1])
        #expect(try world.ledger(send).closes)
    }

    @Test(arguments: TestEngine.dialects)
    func `whoever is not confirmed on the list is left out`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let list = try EligibilityTests.list(world, needsConfirmation: true)
        let ann = try world.person("ann@example.com")
        try EligibilityTests.subscribe(ann, to: list, world)
        let send = try await world.send(world.campaign(list: list.id), to: [ann])
        #expect(try world.ledger(send).inError == ["RECIPIENT_NOT_IN_TARGET_GROUP": 1])
    }

    @Test(arguments: TestEngine.dialects)
    func `a ban outlives an erasure and a new import`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let ann = try world.person("ann@example.com")
        try world.write { transaction in
            let store = DoNotContactStore(World.workspace)
            _ = try store.add(
                .email,
                "ann@example.com",
                reason: "asked",
                by: world.context,
                in: transaction
            )
            _ = try Erasure(Dossier([InteractionSection()])).erase(
                ann,
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        let again = try world.person("Ann@example.com")
        let send = try await world.send(world.campaign(), to: [again])
        #expect(try world.ledger(send).filtered == ["BLACKLISTED_BY_RECIPIENT": 1])
    }

    @Test(arguments: TestEngine.dialects)
    func `the control sample and shared addresses follow the campaign's rules`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try World(engine)
        let people = try (0..<3).map { _ in try world.person("same@example.com") }
        let all = CampaignRules(sendsOncePerAddress: false)
        let each = try await world.send(world.campaign("Each", rules: all), to: people)
        #expect(try world.ledger(each).sent == 3)
        let none = try world.campaign("None", rules: CampaignRules(controlPercent: 100))
        let control = try await world.send(none, to: try world.people(4))
        #expect(try world.ledger(control).filtered == ["CONTROL_SAMPLE": 4])
        #expect(try world.ledger(control).closes)
        #expect(throws: CampaignError.badControlShare) {
            try world.campaign("Bad", rules: CampaignRules(controlPercent: 101))
        }
    }

    private static func list(_ world: World, needsConfirmation: Bool = false) throws -> MailingList
    {
        try world.write { transaction in
            try ListStore(World.workspace).create(
                name: "newsletter",
                table: world.table.id,
                needsConfirmation: needsConfirmation,
                by: world.context,
                in: transaction
            )
        }
    }

    private static func subscribe(
        _ profile: ProfileID,
        to list: MailingList,
        _ world: World
    ) throws {
        try world.write { transaction in
            _ = try SubscriptionStore(World.workspace).set(
                true,
                of: profile,
                on: list,
                Collection(),
                table: world.table,
                by: world.context,
                in: transaction
            )
        }
    }

    private static func otherTablesPerson(_ world: World) throws -> ProfileID {
        try world.write { transaction in
            let table = try ProfileTableStore(World.workspace).create(
                name: "others",
                displayName: "Others",
                attributes: [NewAttribute("email", .string, displayName: "Mail")],
                businessKey: nil,
                by: world.context,
                in: transaction
            )
            return try ProfileStore(table).create(
                values: ["email": "x@example.com"],
                by: world.context,
                in: transaction
            ).profile.id
        }
    }
}
