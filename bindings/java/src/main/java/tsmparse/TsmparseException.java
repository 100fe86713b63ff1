// SPDX-License-Identifier: BSD-2-Clause
package tsmparse;

/** The library cannot be used, or said no. */
public final class TsmparseException extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** The library's status; 0 when it was not asked. */
    public final int status;

    TsmparseException(int status, String text) {
        super(text == null || text.isEmpty() ? "status " + status + ": no memory, or wrong options" : text);
        this.status = status;
    }

    static int check(int status) {
        if (status < 0) {
            throw new TsmparseException(status, null);
        }
        return status;
    }
}
