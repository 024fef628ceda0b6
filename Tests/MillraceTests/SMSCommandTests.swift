// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The command `sms` from end to end.
struct SMSCommandTests {
    @Test func `gateways are added, listed, switched off and deleted; secrets stay sealed`()
        async throws
    {
        let scratch = try Scratch()
        let folder = try TemporaryFolder()
        let password = try folder.write("s3cret-pass\n", to: "password")
        let environment = ["MILLRACE_PUBLIC_URL": "https://m.example"]
        let added = try await scratch.run(
            "sms",
            "add-kannel",
            "Kannel",
            "--url",
            "http://127.0.0.1:13013/cgi-bin/sendsms",
            "--user",
            "shop",
            "--password-file",
            password,
            environment: environment
        )
        #expect(added.code == 0, "\(added.error)")
        #expect(added.output.contains("replies: https://m.example/sms/reply/1/1/"))
        let file = try folder.write(
            #"{"url":"https://p.example/send?to={{to}}","method":"GET"}"#,
            to: "provider.json"
        )
        let provider = try await scratch.run("sms", "add-provider", "P", "--file", file)
        #expect(provider.code == 0, "\(provider.error)")
        let wrong = try folder.write(#"{"url":"https://p.example/{{no}}"}"#, to: "wrong.json")
        let refused = try await scratch.run("sms", "add-provider", "W", "--file", wrong)
        #expect(refused.code == 1 && refused.error.contains("knows no {{no}}"))
        #expect(try await scratch.run("sms", "switch", "1", "off").code == 0)
        let listed = try await scratch.run("sms", "list")
        #expect(listed.output.contains("1  Kannel  kannel  http://127.0.0.1:13013"))
        #expect(listed.output.contains("off") && !listed.output.contains("s3cret"))
        #expect(try await scratch.run("sms", "delete", "1").code == 0)
        #expect(try await scratch.run("sms", "delete", "1").code == 1)
    }

    @Test func `credit has a price, is topped up, and shown`() async throws {
        let scratch = try Scratch()
        #expect(try await scratch.run("sms", "credit").output.contains("without limit"))
        #expect(try await scratch.run("sms", "price", "x").code == 64)
        #expect(try await scratch.run("sms", "price", "0.0725").code == 0)
        let filled = try await scratch.run("sms", "top-up", "250", "--note", "invoice 12")
        #expect(filled.code == 0 && filled.output.contains("Balance: 250.00"))
        #expect(try await scratch.run("sms", "top-up", "--", "-250.01").code == 1)
        let json = try await scratch.run("sms", "credit", "--json")
        #expect(json.output.contains("\"0.0725\""))
    }

    @Test func `a text has an encoding and parts`() async throws {
        let scratch = try Scratch()
        let shown = try await scratch.run("sms", "preview", String(repeating: "я", count: 71))
        #expect(shown.output == "ucs2, 71 units, 2 parts\n")
        #expect(try await scratch.run("sms", "preview", "€").output == "gsm7, 2 units, 1 part\n")
    }
}
