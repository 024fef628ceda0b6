// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Messaging

@Suite struct TrackingTokenTests {
    private let key = TrackingKey(randomness: SeededRandomness())

    private func tokens(_ chance: SeededRandomness) -> [TrackingToken] {
        let numbers: [Int64] =
            [1, 127, 128, 300, 1 << 31, .max]
            + (0..<40).map { _ in
                Int64(bitPattern: (chance.next() >> 1) >> (chance.next() % 60))
            }
        return TrackingToken.Purpose.allCases.flatMap { purpose in
            numbers.map { number in
                TrackingToken(
                    purpose,
                    workspace: WorkspaceID(number % 1_000 + 1),
                    interaction: InteractionID(number),
                    link: purpose == .click ? number : 0
                )
            }
        }
    }

    @Test func `a token comes back from its text, in either case`() throws {
        for token in tokens(SeededRandomness()) {
            let text = key.seal(token)
            let claim = try #require(TrackingClaim(text))
            #expect(claim.workspace == token.workspace)
            #expect(key.open(claim) == token)
            #expect(try key.open(#require(TrackingClaim(text.uppercased()))) == token)
        }
    }

    @Test func `a changed, shortened or lengthened text opens nothing`() throws {
        let chance = SeededRandomness(seed: 7)
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
        for token in tokens(chance) {
            let text = Array(key.seal(token))
            for position in text.indices {
                var changed = text
                let shift = 1 + Int(chance.next() % 31)
                let old = alphabet.firstIndex(of: changed[position]) ?? 0
                changed[position] = alphabet[(old + shift) % 32]
                #expect(TrackingClaim(String(changed)).flatMap { key.open($0) } == nil)
            }
            for wrong in [String(text.dropLast()), String(text) + "a", String(text.dropFirst())] {
                #expect(TrackingClaim(wrong).flatMap { key.open($0) } == nil)
            }
        }
    }

    @Test func `noise is no token and stops nothing`() {
        var chance = SeededRandomness(seed: 3)
        for _ in 0..<5_000 {
            let length = Int.random(in: 0..<140, using: &chance)
            let bytes = (0..<length).map { _ in UInt8.random(in: 32...126, using: &chance) }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(TrackingClaim(text).flatMap { key.open($0) } == nil)
        }
    }

    @Test func `another key, another purpose or another target opens nothing`() throws {
        let token = TrackingToken(
            .click,
            workspace: WorkspaceID(1),
            interaction: InteractionID(5),
            link: 2
        )
        let other = TrackingKey(randomness: SeededRandomness(seed: 2))
        let claim = try #require(TrackingClaim(key.seal(token, url: "https://a.example/1")))
        #expect(key.open(claim, url: "https://a.example/1") == token)
        #expect(key.open(claim, url: "https://a.example/2") == nil)
        #expect(key.open(claim) == nil)
        #expect(other.open(claim, url: "https://a.example/1") == nil)
        #expect("\(key)" == "(secret)")
        #expect(TrackingKey(key.reveal())?.reveal() == key.reveal())
        #expect(TrackingKey("short") == nil)
    }

    @Test func `the return path of the largest contact fits a local part`() {
        let token = TrackingToken(
            .bounce,
            workspace: WorkspaceID(1 << 20),
            interaction: InteractionID(.max)
        )
        #expect("bounces+\(key.seal(token))".utf8.count <= 64)
    }

    @Test func `base32 is that of RFC 4648`() {
        // RFC 4648 section 10, in lower case without padding.
        let vectors = [
            "": "", "f": "my", "fo": "mzxq", "foo": "mzxw6", "foob": "mzxw6yq",
            "fooba": "mzxw6ytb", "foobar": "mzxw6ytboi",
        ]
        for (text, encoded) in vectors {
            #expect(Base32.encode(Array(text.utf8)) == encoded)
            #expect(Base32.decode(encoded) == Array(text.utf8))
        }
        // Bits that no encoder writes, and characters of no alphabet.
        for wrong in ["mz", "m", "m1", "my=", "mzxr"] { #expect(Base32.decode(wrong) == nil) }
    }
}
