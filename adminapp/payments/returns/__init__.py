"""Return files (回盘文件): what the bank says became of each transfer of a batch.

    model.upload    keeps the file (sealed) under batch and digest, so the same file counts once
    check.run       reads it by the profile it was sent with, finds each row's lines, reports every bad row
    apply.run       writes the outcome onto the lines, each change with its row and file; safe to kill and repeat
    queue           what came back: who must put what right before it is paid again
"""
