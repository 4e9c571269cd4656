/*
 * bench/hello.c: the least a FastCGI program can do, with the same library behind the same nginx:
 * what a page costs is told as a part of this.
 */
#include <fcgiapp.h>

int main(void)
{
    FCGX_Request request;
    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0) {
        return 1;
    }
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutS("Content-Type: text/html; charset=utf-8\r\nContent-Length: 13\r\n\r\n"
                  "hello, world\n",
                  request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
