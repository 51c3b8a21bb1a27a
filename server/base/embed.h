/* Places a file's bytes in the program, with a NUL behind them.
 *
 *     EMBED(page, "web/index.html");     at file scope; the path is relative to the
 *                                        top of the source tree
 *     page, page_end - page              the bytes and their number
 */
#ifndef FRUGAL_BASE_EMBED_H
#define FRUGAL_BASE_EMBED_H

#define EMBED(name, path)                                                                \
    extern const char name[], name##_end[];                                              \
    __asm__(".pushsection .rodata\n"                                                     \
            ".global " #name "\n"                                                        \
            ".hidden " #name "\n" #name ":\n"                                            \
            ".incbin \"" path "\"\n"                                                     \
            ".global " #name "_end\n"                                                    \
            ".hidden " #name "_end\n" #name "_end:\n"                                    \
            ".byte 0\n"                                                                  \
            ".popsection\n")

#endif
