// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Files

struct FileSelectorTests {
    let files = [
        file("orders_1.csv", 300), file("orders_2.csv", 100), file("orders_3.csv", 300),
        file("orders_2.csv.done", 900), file(".orders_4.csv", 900),
        file("orders_5.csv.part", 900), file("orders_6.csv.new", 900),
        file("my_orders_7.csv", 900), file("orders_8.csv.bak", 900), file("other.csv", 50),
    ]

    @Test(arguments: [
        (FileSelector.Match.exact("other.csv"), ["other.csv"]),
        (.exact("Other.csv"), []),
        (.exact("none"), []),
        (.exact("orders_5.csv.part"), []),
        (.exact(".orders_4.csv"), []),
        (.expression(#"orders_\d\.csv"#), ["orders_2.csv", "orders_1.csv", "orders_3.csv"]),
        (.expression("orders_1.csv|orders_2.csv"), ["orders_2.csv", "orders_1.csv"]),
        (.expression("orders"), []),
        (.expression("ders_1.csv"), []),
        (
            .expression(".*"),
            [
                "other.csv", "orders_2.csv", "orders_1.csv", "orders_3.csv", "my_orders_7.csv",
                "orders_8.csv.bak",
            ]
        ),
    ])
    func `whole names fit, oldest first, and unfinished files never`(
        match: FileSelector.Match,
        names: [String]
    ) throws {
        let all = try FileSelector(match, choice: .allOldestFirst)
        #expect(try all.select(from: files).map(\.name) == names)
    }

    @Test func `the newest is the last by modification, then by name`() throws {
        let newest = try FileSelector(.expression(#"orders_\d\.csv"#))
        #expect(try newest.select(from: files).map(\.name) == ["orders_3.csv"])
        #expect(try newest.select(from: files.reversed()).map(\.name) == ["orders_3.csv"])
        #expect(try newest.select(from: []).isEmpty)
    }

    @Test func `a line end is not overlooked at the end of a name`() throws {
        let selector = try FileSelector(.expression("a.csv"))
        #expect(try selector.select(from: [Self.file("a.csv\n", 1)]).isEmpty)
    }

    @Test(arguments: [
        ("orders_(", "at position 9"), ("orders_[0-9.csv", "at position 16"),
        ("*.csv", "at position 1"), ("a)b", "at position 2"),
    ])
    func `a wrong expression is an error that says where`(text: String, place: String) throws {
        let error = #expect(throws: FilesError.self) { try FileSelector(.expression(text)) }
        #expect(error?.description.contains(place) == true, "\(String(describing: error))")
        #expect(error?.description.contains(text) == true)
    }

    @Test func `a companion carries the whole name and done`() {
        #expect(FileSelector.hasCompanion("orders_2.csv", among: files))
        #expect(!FileSelector.hasCompanion("orders_1.csv", among: files))
    }

    @Test func `a selector is stored and read back`() throws {
        let selector = try FileSelector(.expression("a.*"), choice: .allOldestFirst)
        let text = try JSONText.encode(selector)
        #expect(try JSONText.decode(FileSelector.self, from: text) == selector)
    }

    private static func file(_ name: String, _ seconds: Int64) -> RemoteFile {
        RemoteFile(name: name, size: 1, modified: Instant(seconds: seconds))
    }
}
