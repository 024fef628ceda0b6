// SPDX-License-Identifier: Apache-2.0
import Glibc
import Messaging
import Testing

/// Where webhooks may go.
@Suite struct TargetAddressTests {
    @Test(arguments: [
        ("93.184.216.34", TargetAddress.Reach.open), ("8.8.8.8", .open), ("100.63.0.1", .open),
        ("100.128.0.1", .open), ("172.15.0.1", .open), ("172.32.0.1", .open),
        ("192.167.1.1", .open), ("127.0.0.1", .inside), ("127.255.1.2", .inside),
        ("10.0.0.1", .inside), ("172.16.0.1", .inside), ("172.31.255.255", .inside),
        ("192.168.0.1", .inside), ("100.64.0.1", .inside), ("0.0.0.0", .never),
        ("169.254.169.254", .never), ("100.100.100.200", .never), ("168.63.129.16", .never),
        ("192.0.0.192", .never), ("198.18.0.1", .never), ("198.19.255.255", .never),
        ("224.0.0.1", .never), ("255.255.255.255", .never), ("2606:2800:220:1::1", .open),
        ("::1", .inside), ("fc00::1", .inside), ("fd12::1", .inside), ("fd00:ec2::254", .never),
        ("::", .never), ("fe80::1", .never), ("ff02::1", .never), ("2001::1", .never),
        ("2001:db8::1", .never), ("::ffff:127.0.0.1", .inside),
        ("::ffff:169.254.169.254", .never), ("::ffff:8.8.8.8", .open),
        ("64:ff9b::10.0.0.1", .inside), ("64:ff9b:1::1", .never), ("2002:7f00:1::", .inside),
        ("2002:a9fe:a9fe::", .never),
    ])
    func `each address is open, inside, or never reached`(text: String, reach: TargetAddress.Reach)
    {
        #expect(TargetAddress(bytes(text)).reach == reach, "\(text)")
    }

    @Test func `what is no address is never reached`() {
        #expect(TargetAddress([]).reach == .never)
        #expect(TargetAddress([127, 0, 0]).reach == .never)
    }

    private func bytes(_ text: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes[..<4]) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : []
    }
}
