// SPDX-License-Identifier: Apache-2.0
import Database
import Foundation
import TestSupport
import Testing

/// The command line: its words, its JSON, its exit codes.
struct CommandTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `every command answers JSON that can be read`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try await Self.club(engine)
        try scratch.drop(
            "user_id,email,email_subscription,first_name\nU8,eight@people.test,yes,Eve\n",
            as: "incoming/people.csv"
        )
        for command in [
            "workspace list", "workspace create second", "workspace set importTriggersEnabled true",
            "workspace add-list letter", "workspace ban x@people.test", "imports list",
            "imports create others --pattern o.*", "imports run people", "imports activate people",
            "imports deactivate people", "imports trigger people --campaign Welcome",
            "campaign list", "campaign execute Welcome --profile U8", "campaign finish Welcome",
            "export create created --type profile.created --file c-$yyyyMMdd.csv --everything",
            "export create whole --type profile.full --file w --once", "export runs whole",
            "export create later --type profile.full --file l --at 2100-01-01T00:00:00Z",
            "export run later", "export run created", "export list", "export types", "tasks list",
            "tasks show 1",
            "pressure --per-week 3 --zone Europe/Brussels", "pressure --per-week none",
            "quarantine show email x@people.test", "quarantine lift email x@people.test",
            "quarantine add-domain service.example", "quarantine domains",
            "quarantine remove-domain service.example", "split list",
            "table list", "segmentation list",
            "table create shops --kind repository --attribute city:string", "table rows shops",
            "profile show U8", "profile erase U8 --yes", "doctor",
            "export verify \(scratch.transferbox)",
        ] {
            var words = command.split(separator: " ").map(String.init) + ["--json"]
            // From the second workspace on, one has to be named.
            let named = ["workspace list", "workspace create", "export types", "export verify"]
            if !named.contains(where: command.hasPrefix), command != "doctor" {
                words += ["--workspace", "main"]
            }
            let ended = try await scratch.start(words).end()
            #expect(ended.code == 0, "\(command): \(ended.output)\(ended.error)")
            #expect(ended.error.isEmpty, "\(command): \(ended.error)")
            let parsed = try? JSONSerialization.jsonObject(with: Data(ended.output.utf8))
            #expect(parsed != nil, "\(command): \(ended.output)")
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `what a command changes stands in the audit log`(_ engine: TestEngine) async throws {
        let scratch = try await Self.club(engine)
        try await scratch.run(["campaign", "finish", "Welcome"])
        let entries = try scratch.read { connection in
            try connection.rows("SELECT actor, action, subject FROM audit_entry ORDER BY id")
        }
        let last = try #require(entries.last)
        #expect(try last.get("action") == "campaign.finish")
        #expect(try last.get("subject") == "Welcome")
        #expect(
            try last.get("actor", as: String.self).hasSuffix("command line)")
                || last.get("actor") == "command line"
        )
    }

    @Test(arguments: [
        ("campaign activate nothing", "nothing"), ("imports run nothing", "nothing"),
        ("export run nothing", "nothing"), ("tasks show 99", "99"),
        ("export create e --type profile.full --file f --search nothing", "nothing"),
        ("export create e --type email.sent --file f --once", "email.sent"),
        ("split cancel 99", "99"), ("pressure nowhere", "nowhere"),
        ("pressure --zone Mars", "Mars"), ("quarantine remove-domain a.example", "a.example"),
        ("split create S --message 98 --message 99 --list nothing", "nothing"),
        ("tasks retry 99", "99"), ("tasks stop 99", "99"), ("profile show U77", "U77"),
        ("workspace list --database file:x", "file:x"),
        ("tasks list --workspace nowhere", "nowhere"),
        ("import /no/such/file.csv", "/no/such/file.csv"),
        ("campaign create c --content /no/mail.json", "/no/mail.json"),
        ("tasks report 99 -o /tmp/none.csv", "99"),
        ("workspace set unknownSetting 1", "unknownSetting"),
    ])
    func `a thing that is not there is named, with exit code 1`(
        command: String,
        name: String
    )
        async throws
    {
        let scratch = try Scratch()
        try await scratch.run(["workspace", "list"])
        let ended = try await scratch.start(command.split(separator: " ").map(String.init)).end()
        #expect(ended.code == 1, "\(ended.output)\(ended.error)")
        #expect(ended.error.contains(name), "\(ended.error)")
        #expect(!ended.error.contains("Error("), "\(ended.error)")
    }

    @Test(arguments: [
        ("nonsense", "nonsense"), ("tasks show x", "x"), ("tasks list --status odd", "odd"),
        ("imports create i --pattern a --daily 25:00", "25:00"),
        ("imports create i --pattern a --zone Europe/Atlantis", "Europe/Atlantis"),
        ("imports create i", "--pattern"), ("export create e --type odd --file f", "odd"),
        ("export create e --type profile.full --file f --once --daily 04:00", "--once"),
        ("export create e --type profile.full --file f --at noon", "noon"),
        ("imports create i --pattern a --afterwards burn", "burn"),
        ("import \(Scratch.repository)/Samples/people.csv --map user_id", "user_id"),
        ("import \(Scratch.repository)/Samples/people.csv --map odd=email", "odd"),
    ])
    func `a command line that is wrong ends with 64 and names the word`(
        command: String,
        word: String
    ) async throws {
        let scratch = try Scratch()
        let ended = try await scratch.start(command.split(separator: " ").map(String.init)).end()
        #expect(ended.code == 64, "\(ended.output)\(ended.error)")
        #expect(ended.error.contains(word), "\(ended.error)")
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `a dry run says what would happen and writes nothing`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try Scratch(engine)
        let file = try scratch.folder.write("user_id,email\nU1,a@people.test\nU1,b\n", to: "p.csv")
        let dry = try await scratch.run("import", file, "--dry-run")
        #expect(dry.code == 3, "\(dry.output)\(dry.error)")
        #expect(dry.output.contains("Failed by duplicated rows"))
        let audit = Audit(scratch)
        #expect(try audit.integers("SELECT count(*) FROM p1_1") == [0])
        #expect(try audit.integers("SELECT count(*) FROM import_row") == [0])
        #expect(Scratch.files(below: "\(scratch.data)/spool/upload").isEmpty)
        let real = try await scratch.run("import", file)
        #expect(real.code == 3)
        #expect(try audit.integers("SELECT count(*) FROM p1_1") == [1])
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `a trigger waits for its time, says so, and can be stopped`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try await Self.club(engine)
        try await scratch.run([
            "imports", "trigger", "people", "--campaign", "Welcome", "--at",
            Self.inHours(3),
        ])
        try scratch.drop("user_id,email\nU1,a@people.test\n", as: "incoming/people.csv")
        try await scratch.run(["imports", "run", "people"])
        let waiting = try await scratch.run("tasks", "list", "--status", "new")
        #expect(waiting.output.contains("It is due at"), "\(waiting.output)")
        let stopped = try await scratch.run("imports", "stop-trigger", "1")
        #expect(stopped.code == 0, "\(stopped.error)")
        #expect(stopped.output.contains("Trigger: Welcome, stopped"), "\(stopped.output)")
        try await scratch.run(["serve", "--until-idle"])
        #expect(try Audit(scratch).outboxMails().isEmpty)
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `a file that is not there makes its task wait with 5, an empty one ends with 4`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try await Self.club(engine)
        let ended = try await scratch.run("imports", "run", "people")
        #expect(ended.code == 5, "\(ended.output)\(ended.error)")
        #expect(ended.output.contains("the next is at"), "\(ended.output)")
        let stopped = try await scratch.run("tasks", "stop", "1")
        #expect(stopped.code == 0, "\(stopped.error)")
        #expect(stopped.output.contains("by tester"), "\(stopped.output)")
        #expect(!stopped.output.contains("Status: New"), "\(stopped.output)")
        let bad = try scratch.folder.write("", to: "empty.csv")
        let fatal = try await scratch.run("import", bad)
        #expect(fatal.code == 4, "\(fatal.output)\(fatal.error)")
        let retried = try await scratch.run("tasks", "retry", "2")
        #expect(retried.code == 4, "\(retried.output)\(retried.error)")
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `a file unlike the others is held with 5 and goes on when someone accepts it`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try await Self.club(engine)
        for round in 1...5 {
            let rows = round < 5 ? 40 : 2
            try scratch.drop(
                "user_id,email\n"
                    + (1...rows).map { "U\($0),u\($0)r\(round)@people.test\n" }.joined(),
                as: "incoming/people-\(round).csv"
            )
            try await scratch.run(expecting: round < 5 ? 0 : 5, ["imports", "run", "people"])
        }
        let held = try await scratch.run("tasks", "list", "--status", "new")
        #expect(held.output.contains("2 rows; 40 are usual"), "\(held.output)")
        let accepted = try await scratch.run("imports", "accept", "5")
        #expect(accepted.code == 0, "\(accepted.output)\(accepted.error)")
        #expect(accepted.output.contains("2 of 2 rows imported"), "\(accepted.output)")
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `reports list the rejected rows and whom a send left out`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try await Self.club(engine)
        try scratch.drop(
            "user_id,email,email_subscription\nU1,a@people.test,yes\nU2,,yes\n,b@people.test,yes\n",
            as: "incoming/people.csv"
        )
        try await scratch.run(["imports", "trigger", "people", "--campaign", "Welcome"])
        try await scratch.run(expecting: 3, ["imports", "run", "people"])
        let rejects = scratch.folder.path("r.csv")
        try await scratch.run(["tasks", "report", "1", "-o", rejects])
        let rows = try String(contentsOfFile: rejects, encoding: .utf8)
        #expect(rows.contains("b@people.test"))
        let excluded = scratch.folder.path("e.csv")
        try await scratch.run(["tasks", "report", "1", "--excluded", "-o", excluded])
        let people = try String(contentsOfFile: excluded, encoding: .utf8)
        #expect(people.contains("NO_EMAIL_ADDRESS"))
        let show = try await scratch.run("tasks", "show", "1")
        // Nobody's first name came with the file, and the mail asks for it.
        #expect(show.output.contains(#/(?m)^      VARIABLE_VALUE_ERROR +1$/#), "\(show.output)")
        #expect(show.output.contains(#/(?m)^  Sent +0$/#), "\(show.output)")
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `serve works until a signal and leaves the list of workers`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try Scratch(engine)
        try await scratch.run(["workspace", "list"])
        let server = try scratch.start(["serve"])
        var seen = false
        while !seen, await server.waitForEnd(atMost: 20) == false {
            seen = try Audit(scratch).integers("SELECT count(*) FROM node") == [1]
        }
        #expect(seen)
        server.terminate()
        let ended = try await server.end()
        #expect(ended.code == 0, "\(ended.error)")
        #expect(ended.output.isEmpty)
        #expect(try Audit(scratch).integers("SELECT count(*) FROM node") == [0])
    }

    /// An import and a campaign, as the commands define them.
    private static func club(_ engine: TestEngine) async throws -> Scratch {
        let scratch = try Scratch(engine)
        let mail = try scratch.folder.write(Scenario.mail, to: "mail.json")
        for command in [
            "workspace list", "workspace set importTriggersEnabled true",
            "campaign create Welcome --content \(mail)", "campaign activate Welcome",
            "imports create people --folder incoming --pattern people.*[.]csv --stable 0",
        ] {
            try await scratch.run(command.split(separator: " ").map(String.init))
        }
        return scratch
    }

    /// A time of day that comes so many hours from now, in UTC.
    private static func inHours(_ hours: Double) -> String {
        let formatter = DateFormatter()
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "HH:mm"
        return formatter.string(from: Date(timeIntervalSinceNow: hours * 3_600))
    }
}
