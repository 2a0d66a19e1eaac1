import CSeccomp

/// One instruction, as struct sock_filter.
struct BPFInstruction {
    var code: UInt16
    var jumpIfTrue: UInt8 = 0
    var jumpIfFalse: UInt8 = 0
    var operand: UInt32

    /// Loads a 32-bit word of struct seccomp_data.
    static func load(_ offset: UInt32) -> Self { Self(code: 0x20, operand: offset) }
    static func and(_ mask: UInt32) -> Self { Self(code: 0x54, operand: mask) }
    static func jump(_ distance: Int) -> Self { Self(code: 0x05, operand: UInt32(truncatingIfNeeded: distance)) }
    static func ifEqual(_ value: UInt32, _ yes: Int, _ no: Int) -> Self {
        Self(code: 0x15, jumpIfTrue: UInt8(clamping: yes), jumpIfFalse: UInt8(clamping: no), operand: value)
    }
    static func returning(_ verdict: Verdict) -> Self { Self(code: 0x06, operand: verdict.value) }
}

/// Puts the argument rules in front of the allow list.
///
/// A call without rules runs through a handful of comparisons on its number alone, so that the kernel finds out that it is
/// always allowed and no longer runs the filter for it.
struct BPFAssembler {
    private(set) var instructions: [BPFInstruction] = []

    private static let numberOffset: UInt32 = 0, architectureOffset: UInt32 = 4
    private static func argumentOffset(_ index: Int) -> UInt32 { 16 + 8 * UInt32(index) }

    mutating func emitArguments(_ rules: [CallRules]) {
        let blocks = rules.compactMap { rules -> (number: UInt32, body: [BPFInstruction])? in
            let number = seccomp_syscall_resolve_name(rules.call)
            return number < 0 ? nil : (UInt32(number), BPFAssembler.body(of: rules))
        }
        let dispatch = 2 * blocks.count + 1
        let total = blocks.reduce(0) { $0 + $1.body.count }
        instructions = [
            .load(BPFAssembler.architectureOffset), .ifEqual(seccomp_arch_native(), 1, 0), .jump(1 + dispatch + total),
            .load(BPFAssembler.numberOffset),
        ]
        var bodyStart = dispatch
        for (index, block) in blocks.enumerated() {
            let afterJump = 2 * index + 2
            instructions += [.ifEqual(block.number, 0, 1), .jump(bodyStart - afterJump)]
            bodyStart += block.body.count
        }
        instructions.append(.jump(total))
        for block in blocks { instructions += block.body }
        // The allow list starts with its own load of the architecture.
    }

    /// Rules in order, the first match decides.
    private static func body(of rules: CallRules) -> [BPFInstruction] {
        rules.rules.flatMap(code) + [.returning(rules.otherwise)]
    }

    private static func code(for rule: ArgumentRule) -> [BPFInstruction] {
        var code: [BPFInstruction] = [.returning(rule.verdict)]
        // From the last test to the first: each one jumps over everything behind it when it does not hold.
        for test in rule.tests.reversed() { code = BPFAssembler.code(for: test, skipping: code.count) + code }
        return code
    }

    private static func code(for test: ArgumentTest, skipping rest: Int) -> [BPFInstruction] {
        let values = test.values.enumerated().map { index, value in
            BPFInstruction.ifEqual(value, test.values.count - 1 - index + 1, 0)
        }
        // Behind the comparisons: what happens when none held, then when one held.
        let ending: [BPFInstruction] = test.isNegated ? [.jump(1), .jump(rest)] : [.jump(rest)]
        return [.load(argumentOffset(test.argument)), .and(test.mask)] + values + ending
    }
}
