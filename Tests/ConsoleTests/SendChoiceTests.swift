// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Console

/// Which message a new scheduled send is made of.
struct SendChoiceTests {
    private func messages(_ count: Int, _ ground: ConsoleGround) async throws -> [StoredMessageID] {
        try await ground.write { transaction, context in
            try (1...count).map { number in
                try MessageStore(ground.workspace.id).create(
                    name: "message \(number)",
                    .sms(SMSContent(sender: "Shop", texts: ["en": "Hello"])),
                    author: nil,
                    by: context,
                    in: transaction
                ).id
            }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a message older than the newest ones is the one that is sent when it was asked for`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let ids = try await messages(ListPage.size + 2, ground)
        let oldest = try #require(ids.first)
        let page = await ground.page("/console/sends/new?message=\(oldest)", by: manager)
        #expect(page.contains("<option value=\"\(oldest)\" selected>message 1 (SMS)</option>"))
        #expect(page.components(separatedBy: "message 1 (").count == 2)
    }

    @Test func `nothing is chosen until somebody chooses`() async throws {
        let ground = try await ConsoleGround(.file)
        let manager = try await ground.cookie(.manager)
        _ = try await messages(2, ground)
        for query in ["", "?message=", "?message=999"] {
            let page = await ground.page("/console/sends/new\(query)", by: manager)
            #expect(page.components(separatedBy: ">Choose…</option>").count == 3)
            #expect(!page.contains("selected>message"))
        }
        let refused = try await ground.post(
            "/console/sends/new",
            ["name": "Spring", "message": "", "target": "", "time": "09:00", "zone": "UTC"],
            by: manager
        )
        #expect(refused.status == 422)
        #expect(refused.text.contains("Choose a message."))
        #expect(refused.text.contains("Choose whom it goes to."))
    }
}
