// SPDX-License-Identifier: Apache-2.0
import Testing

struct RoomTests {
    @Test func `every folder with Swift files is a room of ARCHITECTURE.md, and the reverse`()
        throws
    {
        let folders = try PackageFolder.folders(in: "Sources").filter {
            try !PackageFolder.swiftFiles(in: "Sources/\($0)").isEmpty
        }
        #expect(try Room.table().map(\.name).sorted() == folders)
    }

    @Test(arguments: try Room.table())
    func `a room imports what ARCHITECTURE.md lets it`(room: Room) throws {
        for file in try PackageFolder.swiftFiles(in: "Sources/\(room.name)") {
            for module in file.imports.map(\.module) {
                #expect(room.mayImport(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `rooms that import each other do not stand in a circle`() throws {
        var left = try Room.table()
        while let free = left.firstIndex(where: { room in
            left.allSatisfy { !room.rooms.contains($0.name) }
        }) {
            left.remove(at: free)
        }
        #expect(left.isEmpty)
    }

    @Test func `no type of an outside library but the logger is part of a room's interface`() throws
    {
        let rooms = Set(try Room.table().map(\.name))
        let allowed = rooms.union(Room.toolchain).union(["Logging"])
        for file in try PackageFolder.swiftFiles(in: "Sources") {
            for declaration in file.imports where declaration.isPublic {
                #expect(
                    allowed.contains(declaration.module),
                    "\(file.path) shows \(declaration.module)"
                )
            }
        }
    }

    @Test func `TestSupport is imported by tests only`() throws {
        #expect(try Room.table().allSatisfy { !$0.rooms.contains("TestSupport") })
    }

    @Test(arguments: [
        ("import GRDB", "GRDB", false), ("public import Common", "Common", true),
        ("@preconcurrency internal import Foundation", "Foundation", false),
        ("import struct Files.Spool", "Files", false),
        ("@_spi(Testing) public import Tasks", "Tasks", true),
    ])
    func `an import line is understood`(line: String, module: String, isPublic: Bool) throws {
        let found = try #require(SourceFile.Import(line[...]))
        #expect(found.module == module)
        #expect(found.isPublic == isPublic)
    }
}
