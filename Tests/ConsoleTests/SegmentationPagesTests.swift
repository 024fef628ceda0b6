// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Millrace
import TestSupport
import Testing

@testable import Console

/// The pages of segmentations.
struct SegmentationPagesTests {
    private static let french = #"{"attribute":"language","is":"fr"}"#
    private static let path = "/console/segmentations"

    @Test(arguments: TestEngine.lasting)
    func `a segmentation is made, refreshed, looked into and deleted`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        try await ground.people(6)
        #expect(await ground.page(Self.path, by: manager).contains("No segmentations yet"))
        let made = try await ground.post(
            "\(Self.path)/new?kind=exclusive",
            [
                "name": "tongue", "displayName": "Tongue", "table": "1", "history": "yes",
                "segment-0": "french", "search-0": "", "condition-0": Self.french,
                "segment-1": "", "search-1": "", "condition-1": "", "otherwise": "others",
            ],
            by: manager
        )
        #expect(made.location == "\(Self.path)/1")
        _ = try await ground.post("\(Self.path)/1/refresh", by: manager)
        try await ground.work()
        let list = try await ground.live("\(Self.path)/live/counts", by: manager)
        #expect(list.contains("<a href=\"\(Self.path)/1/people\">6</a>"))
        let counts = try await ground.live("\(Self.path)/1/live", by: manager)
        #expect(counts.ranges(of: ">3</a>").count == 2)
        #expect(counts.contains("&quot;language&quot;"))
        let page = await ground.page("\(Self.path)/1", by: manager)
        #expect(page.contains("p6@example.org") && page.contains("All changes"))
        let french = await ground.page("\(Self.path)/1/people?segment=1", by: manager)
        #expect(french.contains("p2@example.org") && !french.contains("p1@example.org"))
        #expect(
            await ground.page("\(Self.path)/1/transitions", by: manager).contains("others")
        )
        #expect(try await ground.post("\(Self.path)/1/delete", by: manager).status == 303)
        _ = await ground.page("\(Self.path)/1", by: manager, status: 404)
    }

    @Test(arguments: TestEngine.lasting)
    func `what is wrong with a condition stands beside it, and a search can be taken`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let wrong = try await ground.post(
            "\(Self.path)/new?kind=simple",
            [
                "name": "french", "table": "1", "search-0": "",
                "condition-0": #"{"attribute":"shoes","is":1}"#,
            ],
            by: manager
        )
        #expect(wrong.status == 422)
        #expect(wrong.text.contains("id=\"f-condition-0-error\"") && wrong.text.contains("shoes"))
        let search = try await ground.write { transaction, context in
            let rooms = ground.installation.consoleServices.rooms
            let table = try ProfileTableStore(ground.workspace.id)
                .table(named: "profiles", in: transaction)
            return try SearchStore(ground.workspace.id, rooms.searches).create(
                name: "French",
                over: table,
                SearchExpression(text: Self.french),
                by: context,
                in: transaction
            )
        }
        let made = try await ground.post(
            "\(Self.path)/new?kind=simple",
            ["name": "french", "table": "1", "search-0": "\(search.id)", "condition-0": ""],
            by: manager
        )
        #expect(made.status == 303)
        let edit = await ground.page("\(Self.path)/1/edit", by: manager)
        #expect(edit.contains("&quot;attribute&quot;"))
        let taken = try await ground.post(
            "\(Self.path)/new?kind=simple",
            ["name": "FRENCH", "table": "1", "search-0": "\(search.id)", "condition-0": ""],
            by: manager
        )
        #expect(taken.status == 422 && taken.text.contains("id=\"f-name-error\""))
    }

    @Test func `a form of several segments grows by one and keeps what was typed`() async throws {
        let ground = try await ConsoleGround(.file)
        let manager = try await ground.cookie(.manager)
        let more = try await ground.post(
            "\(Self.path)/new?kind=exclusive",
            ["name": "level", "segment-0": "gold", "condition-0": "{}", "more": "yes"],
            by: manager
        )
        #expect(more.status == 200 && more.text.contains("value=\"gold\""))
        #expect(more.text.contains("id=\"f-condition-1\""))
    }

    @Test func `a viewer looks and changes nothing`() async throws {
        let ground = try await ConsoleGround(.file)
        let viewer = try await ground.cookie(.viewer)
        #expect(!(await ground.page(Self.path, by: viewer)).contains("New segmentation"))
        #expect(try await ground.post("\(Self.path)/1/refresh", by: viewer).status == 403)
    }
}
